import type { Queue } from './queue.js';
import type { Flow } from './flow.js';

/** One request on its way through flow control. */
export class Ticket {
  state: 'new' | 'waiting' | 'executing' | 'refused' | 'done' = 'new';
  queue: Queue | undefined;
  /** Virtual time of its level when it came. */
  arrivedAtVirtual = 0;
  startedAt = 0;
  /** Until when it may wait. */
  deadline = Infinity;
  /** Set by whoever waits: called once, when the state is no longer `waiting`. */
  decided: (() => void) | undefined;

  constructor(
    readonly flow: Flow,
    readonly seats: number,
    readonly arrivedAt: number,
  ) {}
}
