/** For how long sending may keep requests waiting. */
const turnMs = 0.5;

/**
 * Sends to many clients in turns, between which the event loop takes requests: a change with a thousand watchers keeps neither its writer's answer
 * nor the next change's decision waiting until the last of them has been served. In the order of `add`; within a turn of the event loop from it.
 */
export class FanOut {
  private waiting: (() => void)[] = [];
  private next = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  add(send: () => void): void {
    if (this.waiting.push(send) === 1) setImmediate(() => this.turn());
  }

  private turn(): void {
    const until = this.now() + turnMs;
    do this.waiting[this.next++]?.();
    while (this.next < this.waiting.length && this.now() < until);
    if (this.next < this.waiting.length) {
      setImmediate(() => this.turn());
      return;
    }
    this.waiting = [];
    this.next = 0;
  }
}
