import { hasReason, StatusError } from '@shiplog/domain';
import type { ApiClient, Cause, ObjectRef, WriteOptions } from '../api-client.js';
import { Backoff } from '../informers/backoff.js';
import {
  coreEvent,
  wholeSeconds,
  type EventReporter,
  type NewCoreEvent,
  type Occurrences,
  type RecordedEvent,
  type SeenEvent,
} from './core-event.js';
import { EventCorrelation, remember } from './event-correlation.js';

const events = { group: '', version: 'v1', plural: 'events' };
const queueLimit = 1000;
const inFlightLimit = 4;
const attempts = 12;

export interface EventRecorderOptions {
  readonly now?: () => Date;
  readonly onDropped?: (event: RecordedEvent, why: unknown) => void;
}

/** What is to be told of one event, however often it happened since it was told last. */
interface Entry {
  event: RecordedEvent;
  occurrences: Occurrences;
}

/**
 * Writes core/v1 Events without keeping the caller waiting, a few at a time: a repetition counts the first one up, and repetitions that wait
 * are one write. Events are told as well as can be, never at the cost of the work itself: what cannot be written in time is dropped.
 */
export class EventRecorder {
  private readonly correlation = new EventCorrelation();
  private readonly seen = new Map<string, SeenEvent>();
  /** By the key of their correlation, in the order in which they were first recorded. */
  private readonly waiting = new Map<string, Entry>();
  private readonly inFlight = new Map<string, Promise<void>>();
  private sequence = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly signal: AbortSignal,
    private readonly options: EventRecorderOptions = {},
  ) {}

  record(event: NewCoreEvent, reporter: EventReporter, cause?: Cause): void {
    const now = this.options.now?.() ?? new Date();
    const correlated = this.correlation.correlate({ ...event, reporter, ...(cause ? { cause } : {}) }, now.getTime());
    if (correlated === 'too many') return;
    const { event: recorded, key } = correlated;
    const waiting = this.waiting.get(key);
    if (waiting) {
      waiting.event = recorded;
      waiting.occurrences = { ...waiting.occurrences, count: waiting.occurrences.count + 1, lastAt: now };
      return;
    }
    if (this.waiting.size >= queueLimit) return this.options.onDropped?.(recorded, new Error('too many are waiting'));
    this.waiting.set(key, { event: recorded, occurrences: { count: 1, firstAt: now, lastAt: now } });
    this.begin();
  }

  /** Resolves when what was recorded so far is written or dropped. */
  async flush(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight.values());
  }

  private begin(): void {
    while (this.inFlight.size < inFlightLimit && !this.signal.aborted) {
      const next = this.next();
      if (!next) return;
      const [key, entry] = next;
      this.waiting.delete(key);
      const written = this.write(key, entry)
        .catch((error: unknown) => this.options.onDropped?.(entry.event, error))
        .finally(() => {
          this.inFlight.delete(key);
          this.begin();
        });
      this.inFlight.set(key, written);
    }
  }

  /** The first that does not repeat one that is being written. */
  private next(): [string, Entry] | undefined {
    for (const waiting of this.waiting) if (!this.inFlight.has(waiting[0])) return waiting;
    return undefined;
  }

  private async write(key: string, { event, occurrences }: Entry): Promise<void> {
    const options: WriteOptions = { cause: event.cause, actAs: event.reporter.actAs, signal: this.signal };
    const first = this.seen.get(key);
    const backoff = new Backoff({ firstMs: 100, maxMs: 10_000 });
    for (let attempt = 1; ; attempt++)
      try {
        const counted = first && (await this.countUp(first, event, occurrences, options));
        return remember(this.seen, key, counted ?? (await this.create(event, occurrences, options)));
      } catch (error) {
        if (this.signal.aborted || attempt === attempts || !mayPass(error)) throw error;
        await backoff.wait(this.signal);
      }
  }

  private async create(event: RecordedEvent, occurrences: Occurrences, options: WriteOptions): Promise<SeenEvent> {
    const nanoseconds = BigInt(occurrences.firstAt.getTime()) * 1_000_000n + BigInt(this.sequence++ % 1_000_000);
    const object = coreEvent(event, occurrences, nanoseconds.toString(16));
    const { namespace, name } = object.metadata;
    await this.client.create({ ...events, namespace }, object, options);
    return { namespace, name, count: occurrences.count };
  }

  /** Undefined when the first occurrence is no longer there (it has aged away). */
  private async countUp(
    first: SeenEvent,
    event: RecordedEvent,
    { count: more, lastAt }: Occurrences,
    options: WriteOptions,
  ): Promise<SeenEvent | undefined> {
    const ref: ObjectRef = { ...events, namespace: first.namespace, name: first.name };
    const count = first.count + more;
    const patch = { count, message: event.message, lastTimestamp: wholeSeconds(lastAt) };
    try {
      await this.client.patch(ref, 'strategic', patch, options);
      return { ...first, count };
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}

/** Whether the same write may succeed later: the server was not there or too busy. */
const mayPass = (error: unknown): boolean => !(error instanceof StatusError) || error.code >= 500 || error.code === 429;
