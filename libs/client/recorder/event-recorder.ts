import { setTimeout as sleep } from 'node:timers/promises';
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
import { WaitingEvents, type WaitingEvent, type Worth } from './waiting-events.js';

const events = { group: '', version: 'v1', plural: 'events' };
/** 25 MB: what 5,000 pods that start at once on the hollow nodes of one process have to tell. */
const waitingLimit = 20_000;
/** Written together: it costs less of the API than one by one. */
const batchSize = 32;
/** After a batch the recorder rests so many times as long as it took: the busier the API, the less it is told. */
const restsPerBatch = 3;
const longestRestMs = 2_000;
const attempts = 12;

export interface EventRecorderOptions {
  readonly now?: () => Date;
  readonly onDropped?: (event: RecordedEvent, why: unknown) => void;
}

/**
 * Writes core/v1 Events without keeping the caller waiting, a batch at a time: a repetition counts the first one up, and repetitions that wait
 * are one write. Events are told as well as can be, never at the cost of the work itself: what there is to tell of a rush is told after it.
 */
export class EventRecorder {
  private readonly correlation = new EventCorrelation();
  private readonly seen = new Map<string, SeenEvent>();
  /** By the key of their correlation. */
  private readonly waiting = new WaitingEvents(waitingLimit);
  private readonly writing = new Set<string>();
  private isTelling = false;
  private told = Promise.resolve();
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
    const occurrences = { count: 1, firstAt: now, lastAt: now };
    const dropped = this.waiting.add(key, { event: recorded, occurrences }, this.worthOf(key, recorded));
    if (dropped) this.options.onDropped?.(dropped.event, new Error('too many are waiting'));
    this.begin();
  }

  /** Resolves when what was recorded so far is written or dropped. */
  async flush(): Promise<void> {
    await this.told;
  }

  private begin(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    this.told = this.tell();
  }

  /** Until nothing waits any more. */
  private async tell(): Promise<void> {
    while (!this.signal.aborted) {
      const batch = this.waiting.take(batchSize);
      if (batch.length === 0) break;
      const began = performance.now();
      for (const [key] of batch) this.writing.add(key);
      await Promise.all(batch.map(([key, waiting]) => this.writeOrDrop(key, waiting)));
      this.writing.clear();
      const restMs = Math.min(restsPerBatch * (performance.now() - began), longestRestMs);
      await sleep(restMs, undefined, { signal: this.signal }).catch(() => undefined);
    }
    this.isTelling = false;
  }

  private async writeOrDrop(key: string, waiting: WaitingEvent): Promise<void> {
    try {
      await this.write(key, waiting);
    } catch (error) {
      this.options.onDropped?.(waiting.event, error);
    }
  }

  private worthOf(key: string, { type }: RecordedEvent): Worth {
    if (type === 'Warning') return 'warning';
    return this.seen.has(key) || this.writing.has(key) ? 'repetition' : 'news';
  }

  private async write(key: string, { event, occurrences }: WaitingEvent): Promise<void> {
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
