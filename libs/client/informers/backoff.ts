import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Delays that double up to a limit, each spread over its upper half so that many who failed together do not return together. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly options: BackoffOptions = { firstMs: 100, maxMs: 30_000 },
    private readonly random: () => number = Math.random,
  ) {}

  reset(): void {
    this.failures = 0;
  }

  nextMs(): number {
    const full = Math.min(this.options.firstMs * 2 ** this.failures++, this.options.maxMs);
    return full / 2 + (full / 2) * this.random();
  }

  /** Waits the next delay; returns early, without throwing, when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    await sleep(this.nextMs(), undefined, { signal }).catch(() => undefined);
  }
}
