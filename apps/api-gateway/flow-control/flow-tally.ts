import type { Refusal } from './fair-queues.js';

/** All but the last are upstream's: its client has not read the answers that it has asked for before. */
export type RejectReason = Refusal | 'time-out' | 'cancelled' | 'answers-unread';

/** Upper bounds of the histogram of waiting times, in seconds. Source: upstream. */
export const waitBuckets = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30] as const;

/** Times spent waiting, counted by bucket (not cumulative; the last one is beyond all bounds). */
export class WaitTimes {
  readonly counts = new Float64Array(waitBuckets.length + 1);
  sum = 0;

  observe(seconds: number): void {
    this.sum += seconds;
    let bucket = 0;
    while (bucket < waitBuckets.length && seconds > (waitBuckets[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
  }
}

/** What happened to the requests of one flow schema at one level: plain numbers, read when metrics are asked for. */
export class FlowTally {
  dispatched = 0;
  waiting = 0;
  seatsWaiting = 0;
  executing = 0;
  seatsExecuting = 0;
  readonly rejected: Record<RejectReason, number> = {
    'concurrency-limit': 0,
    'queue-full': 0,
    'time-out': 0,
    cancelled: 0,
    'answers-unread': 0,
  };
  readonly executed = new WaitTimes();
  readonly inVain = new WaitTimes();

  constructor(
    readonly level: string,
    readonly schema: string,
  ) {}
}
