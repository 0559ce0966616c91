import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck, Logger } from '@shiplog/component-base';
import { hasReason } from '@shiplog/domain';

const firstWordMs = 1_000;
const repeatMs = 30_000;
const retryMs = 1_000;

/**
 * What a gateway that starts waits for: /readyz says it from the first moment, and the log as soon as it takes long. Once it has started, its own
 * checks say whether it is ready.
 */
export class Startup {
  private waitsFor = 'the process to start';
  /** The same array for ever: who serves it sees what becomes of it. */
  readonly checks: HealthCheck[] = [
    {
      name: 'startup',
      check: () => {
        throw new Error(`waiting for ${this.waitsFor}`);
      },
    },
  ];

  constructor(private readonly logger: Pick<Logger, 'info' | 'warn'>) {}

  /** The outcome of `work`, which is what the start waits for meanwhile. */
  async waitFor<T>(what: string, work: Promise<T>): Promise<T> {
    this.waitsFor = what;
    const began = performance.now();
    const seconds = (): number => Math.round((performance.now() - began) / 100) / 10;
    const say = (): void => this.logger.warn({ waitsFor: what, seconds: seconds() }, 'not ready yet');
    let hasSaid = false;
    let timer = setTimeout(() => {
      hasSaid = true;
      say();
      timer = setInterval(say, repeatMs);
    }, firstWordMs);
    try {
      const outcome = await work;
      if (hasSaid) this.logger.info({ waitedFor: what, seconds: seconds() }, 'going on');
      return outcome;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Does `work`, which may be begun anew, until the log has answered it. */
  waitForLog<T>(what: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.waitFor(what, untilAnswered(work, signal));
  }

  /** From now on these say whether the gateway is ready. */
  ended(checks: readonly HealthCheck[]): void {
    this.checks.splice(0, this.checks.length, ...checks);
  }
}

async function untilAnswered<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!hasReason(error, 'ServiceUnavailable') && !hasReason(error, 'Timeout')) throw error;
    }
    await sleep(retryMs, undefined, { signal });
  }
}
