import { hasReason, StatusError } from '@shiplog/domain';
import type { ApiClient, Cause, ObjectRef, WriteOptions } from '../api-client.js';
import { Backoff } from '../informers/backoff.js';
import {
  coreEvent,
  wholeSeconds,
  type EventReporter,
  type NewCoreEvent,
  type RecordedEvent,
  type SeenEvent,
} from './core-event.js';
import { EventCorrelation, remember } from './event-correlation.js';

const events = { group: '', version: 'v1', plural: 'events' };
const queueLimit = 1000;
const attempts = 12;

export interface EventRecorderOptions {
  readonly now?: () => Date;
  readonly onDropped?: (event: RecordedEvent, why: unknown) => void;
}

/**
 * Writes core/v1 Events without keeping the caller waiting: a repetition counts the first one up. Events are told as well as can be,
 * never at the cost of the work itself: what cannot be written in time is dropped.
 */
export class EventRecorder {
  private readonly correlation = new EventCorrelation();
  private readonly seen = new Map<string, SeenEvent>();
  private readonly queue: RecordedEvent[] = [];
  private draining: Promise<void> | undefined;
  private sequence = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly signal: AbortSignal,
    private readonly options: EventRecorderOptions = {},
  ) {}

  record(event: NewCoreEvent, reporter: EventReporter, cause?: Cause): void {
    const recorded = { ...event, reporter, ...(cause ? { cause } : {}) };
    if (this.queue.length >= queueLimit) return this.options.onDropped?.(recorded, new Error('too many are waiting'));
    this.queue.push(recorded);
    this.draining ??= this.drain().finally(() => (this.draining = undefined));
  }

  /** Resolves when what was recorded so far is written or dropped. */
  async flush(): Promise<void> {
    while (this.draining) await this.draining;
  }

  private async drain(): Promise<void> {
    for (let next = this.queue.shift(); next && !this.signal.aborted; next = this.queue.shift())
      await this.write(next).catch((error: unknown) => this.options.onDropped?.(next as RecordedEvent, error));
  }

  private now(): Date {
    return this.options.now?.() ?? new Date();
  }

  private async write(recorded: RecordedEvent): Promise<void> {
    const correlated = this.correlation.correlate(recorded, this.now().getTime());
    if (correlated === 'too many') return;
    const { event, key } = correlated;
    const options: WriteOptions = { cause: event.cause, actAs: event.reporter.actAs, signal: this.signal };
    const first = this.seen.get(key);
    const backoff = new Backoff({ firstMs: 100, maxMs: 10_000 });
    for (let attempt = 1; ; attempt++)
      try {
        const counted = first && (await this.countUp(first, event, options));
        return remember(this.seen, key, counted ?? (await this.create(event, options)));
      } catch (error) {
        if (this.signal.aborted || attempt === attempts || !mayPass(error)) throw error;
        await backoff.wait(this.signal);
      }
  }

  private async create(event: RecordedEvent, options: WriteOptions): Promise<SeenEvent> {
    const now = this.now();
    const nanoseconds = BigInt(now.getTime()) * 1_000_000n + BigInt(this.sequence++ % 1_000_000);
    const object = coreEvent(event, nanoseconds.toString(16), now);
    const { namespace, name } = object.metadata;
    await this.client.create({ ...events, namespace }, object, options);
    return { namespace, name, count: 1 };
  }

  /** Undefined when the first occurrence is no longer there (it has aged away). */
  private async countUp(first: SeenEvent, event: RecordedEvent, options: WriteOptions): Promise<SeenEvent | undefined> {
    const ref: ObjectRef = { ...events, namespace: first.namespace, name: first.name };
    const count = first.count + 1;
    const patch = { count, message: event.message, lastTimestamp: wholeSeconds(this.now()) };
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
