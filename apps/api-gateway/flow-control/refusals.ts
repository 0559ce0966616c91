import { setTimeout as sleep } from 'node:timers/promises';
import { StatusError } from '@shiplog/domain';

/** When a refused client is told to come again. */
export const retryAfterSeconds = 1;

export const tooManyRequests = (): StatusError =>
  new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds });

/**
 * Refusing is cheap but not free: a client that comes again at once, refusal after refusal, would keep the event loop from those who wait
 * as they were told. So the second refusal on one connection is held back until the time that the first one named is over.
 */
export class Refusals {
  private readonly waitUntil = new WeakMap<object, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How long to hold back a refusal on this connection, in milliseconds. */
  delay(connection: object): number {
    const now = this.now();
    const told = this.waitUntil.get(connection) ?? 0;
    const delay = Math.max(0, told - now);
    this.waitUntil.set(connection, now + delay + retryAfterSeconds * 1_000);
    return delay;
  }

  /** @throws TooManyRequests, at once or a little later. */
  async refuse(connection: object | undefined): Promise<never> {
    const delay = connection ? this.delay(connection) : 0;
    if (delay > 0) await sleep(delay, undefined, { ref: false });
    throw tooManyRequests();
  }
}
