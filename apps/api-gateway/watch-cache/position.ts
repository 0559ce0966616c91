import { timeout, type Revision } from '@shiplog/domain';

interface Waiter {
  readonly revision: Revision;
  readonly reached: () => void;
}

/** How far a follower of the log has come, and who waits for it to come further. */
export class Position {
  private waiters: Waiter[] = [];

  constructor(private reached: Revision = 0n) {}

  get revision(): Revision {
    return this.reached;
  }

  advance(revision: Revision): void {
    if (revision <= this.reached) return;
    this.reached = revision;
    if (this.waiters.length === 0) return;
    const waiting = this.waiters;
    this.waiters = waiting.filter((waiter) => waiter.revision > revision);
    for (const waiter of waiting) if (waiter.revision <= revision) waiter.reached();
  }

  /** Resolves at once where it has been reached. @throws Timeout (504) after `timeoutMs`: an older state is never answered. */
  async wait(revision: Revision, timeoutMs: number): Promise<void> {
    if (this.reached >= revision) return;
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        revision,
        reached: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((other) => other !== waiter);
        reject(timeout(`the cache has not reached revision ${revision} of the log (it is at ${this.reached})`));
      }, timeoutMs);
      this.waiters.push(waiter);
    });
  }
}
