import { DelayHeap } from './delay-heap.js';
import { stronger, type Trigger } from './trigger.js';
import type { QueueMetrics } from './queue-metrics.js';

/** A key whose turn has come, with the event that made it dirty. */
export interface Work {
  readonly key: string;
  readonly trigger?: Trigger;
}

export interface WorkQueueOptions {
  readonly firstRetryMs?: number;
  readonly maxRetryMs?: number;
  readonly metrics?: QueueMetrics;
}

/**
 * Keys waiting to be looked at. A key is in the queue once however often it is added, is worked on by one worker at a time, and comes
 * again if it was added meanwhile. Failed keys come back after a growing delay. One timer serves all delays.
 */
export class WorkQueue {
  private readonly ready: string[] = [];
  private readonly dirty = new Set<string>();
  private readonly working = new Map<string, number>();
  private readonly triggers = new Map<string, Trigger>();
  private readonly failures = new Map<string, number>();
  private readonly delayed = new DelayHeap();
  /** Keys that have had their turn and may not have another one yet. */
  private readonly resting = new DelayHeap();
  private readonly isResting = new Set<string>();
  private readonly takers: ((work: Work | undefined) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: WorkQueueOptions = {}) {
    options.metrics?.observe({ depth: () => this.ready.length, startTimes: () => this.working.values() });
  }

  /** Adds the key, or strengthens why it is already there. */
  add(key: string, trigger?: Trigger): void {
    if (this.closed) return;
    this.remember(key, trigger);
    if (this.dirty.has(key)) return;
    this.dirty.add(key);
    this.options.metrics?.added(key);
    if (!this.working.has(key) && !this.isResting.has(key)) this.offer(key);
  }

  /** Adds the key after a delay; an earlier time already agreed stands. */
  addAfter(key: string, delayMs: number, trigger?: Trigger): void {
    if (this.closed) return;
    this.remember(key, trigger);
    this.delayed.add(key, Date.now() + Math.max(0, delayMs));
    this.setTimer();
  }

  /** Adds the key after a delay that doubles with each failure in a row. */
  retry(key: string, trigger?: Trigger): void {
    const { firstRetryMs = 5, maxRetryMs = 60_000 } = this.options;
    const failed = this.failures.get(key) ?? 0;
    this.failures.set(key, failed + 1);
    this.options.metrics?.retried();
    this.addAfter(key, Math.min(firstRetryMs * 2 ** failed, maxRetryMs), trigger);
  }

  /** The key has succeeded: its next failure starts with the shortest delay. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  failuresOf(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  /** The next key, as soon as there is one; undefined once the queue is closed. Every key taken must be given back by `done`. */
  next(): Promise<Work | undefined> {
    if (this.closed) return Promise.resolve(undefined);
    const key = this.ready.shift();
    if (key !== undefined) return Promise.resolve(this.take(key));
    return new Promise((resolve) => this.takers.push(resolve));
  }

  /** Gives the key back. If it has been added meanwhile its next turn comes after `restMs` at the earliest. */
  done(key: string, restMs = 0): void {
    const started = this.working.get(key);
    this.working.delete(key);
    if (started !== undefined) this.options.metrics?.finished(started);
    if (restMs > 0 && !this.closed) {
      this.isResting.add(key);
      this.resting.add(key, Date.now() + restMs);
      this.setTimer();
    } else if (this.dirty.has(key)) this.offer(key);
  }

  /** Ends all waiting; what is being worked on may finish. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const resolve of this.takers.splice(0)) resolve(undefined);
  }

  private remember(key: string, trigger: Trigger | undefined): void {
    const kept = stronger(this.triggers.get(key), trigger);
    if (kept) this.triggers.set(key, kept);
  }

  private offer(key: string): void {
    const taker = this.takers.shift();
    if (taker) taker(this.take(key));
    else this.ready.push(key);
  }

  private take(key: string): Work {
    const trigger = this.triggers.get(key);
    this.triggers.delete(key);
    this.dirty.delete(key);
    this.working.set(key, performance.now());
    this.options.metrics?.started(key);
    return trigger ? { key, trigger } : { key };
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const due = Math.min(this.delayed.nextDue ?? Infinity, this.resting.nextDue ?? Infinity);
    if (due === Infinity || this.closed) return;
    this.timer = setTimeout(() => this.wake(Date.now()), Math.min(Math.max(due - Date.now(), 0), 2 ** 31 - 1));
  }

  private wake(now: number): void {
    for (const key of this.delayed.takeDue(now)) this.add(key);
    for (const key of this.resting.takeDue(now)) {
      this.isResting.delete(key);
      if (this.dirty.has(key)) this.offer(key);
    }
    this.setTimer();
  }
}
