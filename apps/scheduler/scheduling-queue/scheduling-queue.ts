import { allEvents, type ClusterEvent, type ClusterEventType, type Retry } from '../framework/cluster-event.js';
import type { PodRecord } from '../framework/pod-record.js';
import { Heap } from './heap.js';

export type QueueName = 'active' | 'backoff' | 'unschedulable';

/** Why a pod entered one of the queues: what happened in the cluster, or to the pod in the scheduler. */
export type EntryReason = ClusterEventType | 'podAdded' | 'attemptFailed' | 'backoffEnded' | 'waitedTooLong';

/** A pod that waits for a node, with what happened to it so far. Times are milliseconds. */
export interface QueuedPod {
  readonly key: string;
  readonly record: PodRecord;
  /** When it was first seen: how long scheduling takes counts from here. */
  readonly since: number;
  /** When it last entered the queue; of equal priority the older goes first. */
  readonly queuedAt: number;
  /** Counts up: of those that came in the same millisecond the first goes first. */
  readonly turn: number;
  readonly attempts: number;
  /** The plugins that rejected it last; it waits for what they wait for. */
  readonly rejectedBy: ReadonlySet<string>;
}

export interface SchedulingQueueOptions {
  /** What each plugin waits for after a rejection. */
  readonly retryOn: ReadonlyMap<string, readonly Retry[]>;
  readonly initialBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** After this a rejected pod is tried again whatever happened, in case an event was missed. */
  readonly maxWaitMs?: number;
  /** Told of every pod that enters a queue. */
  readonly entered?: (queue: QueueName, why: EntryReason) => void;
}

const byPriority = (a: QueuedPod, b: QueuedPod): boolean =>
  (b.record.priority - a.record.priority || a.queuedAt - b.queuedAt || a.turn - b.turn) < 0;

interface Delayed extends QueuedPod {
  readonly until: number;
}

/** Pods that wait for a node: active ones by priority, ones that failed lately until their backoff ends, and ones that wait for the cluster to change. */
export class SchedulingQueue {
  private readonly active = new Heap<QueuedPod>(byPriority);
  private readonly backoff = new Heap<Delayed>((a, b) => a.until < b.until);
  private readonly rejected = new Map<string, QueuedPod & { readonly rejectedAt: number }>();
  /** Rejected pods by the events that may help them. */
  private readonly awaiting = new Map<ClusterEventType, Set<string>>(
    allEvents.map((type) => [type, new Set<string>()]),
  );
  private turns = 0;
  private readonly initialBackoffMs: number;
  private readonly maxBackoffMs: number;
  private readonly maxWaitMs: number;

  constructor(private readonly options: SchedulingQueueOptions) {
    this.initialBackoffMs = options.initialBackoffMs ?? 1_000;
    this.maxBackoffMs = options.maxBackoffMs ?? 10_000;
    this.maxWaitMs = options.maxWaitMs ?? 300_000;
  }

  get sizes(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return { active: this.active.size, backoff: this.backoff.size, unschedulable: this.rejected.size };
  }

  /** Pods that fit nowhere, by the plugins that said so. */
  rejectedBy(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const pod of this.rejected.values())
      for (const plugin of pod.rejectedBy) counts.set(plugin, (counts.get(plugin) ?? 0) + 1);
    return counts;
  }

  has(key: string): boolean {
    return this.active.has(key) || this.backoff.has(key) || this.rejected.has(key);
  }

  /** A pod that is new. */
  add(record: PodRecord, now: number): void {
    this.remove(record.key);
    this.active.push({
      key: record.key,
      record,
      since: now,
      queuedAt: now,
      turn: this.turns++,
      attempts: 0,
      rejectedBy: new Set(),
    });
    this.options.entered?.('active', 'podAdded');
  }

  /** A waiting pod whose spec or labels changed: a rejected one is tried again if its plugins say that this may help. New ones are added. */
  update(record: PodRecord, now: number): void {
    if (!this.has(record.key)) return this.add(record, now);
    this.refresh(record);
    this.onEvent({ type: 'podUpdated', pod: record }, now, record.key);
  }

  /** A waiting pod of which nothing changed that matters for where it goes. */
  refresh(record: PodRecord): void {
    const { key } = record;
    const active = this.active.get(key);
    if (active !== undefined) this.active.push({ ...active, record });
    const delayed = this.backoff.get(key);
    if (delayed !== undefined) this.backoff.push({ ...delayed, record });
    const waiting = this.rejected.get(key);
    if (waiting !== undefined) this.rejected.set(key, { ...waiting, record });
  }

  remove(key: string): void {
    this.active.delete(key);
    this.backoff.delete(key);
    this.forgetRejected(key);
  }

  /** The next pod to decide about, by priority; its attempt counts from now. */
  pop(now: number): QueuedPod | undefined {
    this.releaseBackoff(now);
    const next = this.active.pop();
    return next === undefined ? undefined : { ...next, attempts: next.attempts + 1 };
  }

  /** Takes back a pod that fits nowhere. It waits for an event that its rejecting plugins name; without any, for any event. */
  reject(pod: QueuedPod, rejectedBy: ReadonlySet<string>, now: number): void {
    this.rejected.set(pod.key, { ...pod, rejectedBy, rejectedAt: now, queuedAt: now });
    for (const type of this.eventsFor(rejectedBy)) this.awaiting.get(type)?.add(pod.key);
    this.options.entered?.('unschedulable', 'attemptFailed');
  }

  /** Takes back a pod whose attempt failed for a reason that may pass by itself (a bind that was refused). */
  retryLater(pod: QueuedPod, now: number): void {
    this.release({ ...pod, rejectedBy: new Set(), queuedAt: now }, 'attemptFailed', now);
  }

  /** Wakes the pods that the event may help: all, or only the one with this key. */
  onEvent(event: ClusterEvent, now: number, only?: string): void {
    const waiting = this.awaiting.get(event.type);
    if (waiting === undefined || waiting.size === 0) return;
    for (const key of only === undefined ? [...waiting] : [only]) {
      const pod = waiting.has(key) ? this.rejected.get(key) : undefined;
      if (pod === undefined || !this.mayHelp(pod, event)) continue;
      this.forgetRejected(key);
      this.release(pod, event.type, now);
    }
  }

  /** Wakes everything that has waited too long. */
  flushForgotten(now: number): void {
    for (const pod of [...this.rejected.values()])
      if (now - pod.rejectedAt >= this.maxWaitMs) {
        this.forgetRejected(pod.key);
        this.release(pod, 'waitedTooLong', now);
      }
  }

  /** When the next backoff ends; undefined if none runs. */
  get nextBackoffEnd(): number | undefined {
    return this.backoff.peek()?.until;
  }

  /** Moves pods whose backoff has ended to the active ones. */
  releaseBackoff(now: number): void {
    for (let next = this.backoff.peek(); next !== undefined && next.until <= now; next = this.backoff.peek()) {
      this.backoff.pop();
      this.active.push(next);
      this.options.entered?.('active', 'backoffEnded');
    }
  }

  private mayHelp({ record, rejectedBy }: QueuedPod, event: ClusterEvent): boolean {
    if (rejectedBy.size === 0) return true;
    for (const plugin of rejectedBy)
      for (const retry of this.options.retryOn.get(plugin) ?? [])
        if (retry.event === event.type && (retry.helps?.(record, event) ?? true)) return true;
    return false;
  }

  private eventsFor(rejectedBy: ReadonlySet<string>): Iterable<ClusterEventType> {
    if (rejectedBy.size === 0) return allEvents;
    return new Set(
      [...rejectedBy].flatMap((plugin) => (this.options.retryOn.get(plugin) ?? []).map(({ event }) => event)),
    );
  }

  private forgetRejected(key: string): void {
    const pod = this.rejected.get(key);
    if (pod === undefined) return;
    this.rejected.delete(key);
    for (const type of this.eventsFor(pod.rejectedBy)) this.awaiting.get(type)?.delete(key);
  }

  /** To the active ones, or to backoff as long as the last attempt is too recent: 1 s, doubling to 10 s. */
  private release(pod: QueuedPod, why: EntryReason, now: number): void {
    const { key, record, since, attempts, rejectedBy, queuedAt, turn } = pod;
    const plain: QueuedPod = { key, record, since, attempts, rejectedBy, queuedAt, turn };
    const until = queuedAt + this.backoffMs(attempts);
    const isTooSoon = until > now;
    if (isTooSoon) this.backoff.push({ ...plain, until });
    else this.active.push(plain);
    this.options.entered?.(isTooSoon ? 'backoff' : 'active', why);
  }

  private backoffMs(attempts: number): number {
    return attempts === 0 ? 0 : Math.min(this.initialBackoffMs * 2 ** (attempts - 1), this.maxBackoffMs);
  }
}
