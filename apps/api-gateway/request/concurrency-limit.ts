import { StatusError } from '@shiplog/domain';

/** Counts requests in flight and refuses more than there is room for. A priority request may always pass. */
export class ConcurrencyLimit {
  private readonly counts = { mutating: 0, readOnly: 0 };

  constructor(private readonly limits: { readonly mutating: number; readonly readOnly: number }) {}

  inFlight(kind: 'mutating' | 'readOnly'): number {
    return this.counts[kind];
  }

  /** Runs the request, or refuses it. @throws TooManyRequests (429, Retry-After 1). */
  async run<T>(kind: 'mutating' | 'readOnly', priority: boolean, work: () => Promise<T>): Promise<T> {
    if (!priority && this.counts[kind] >= this.limits[kind])
      throw new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.', {
        retryAfterSeconds: 1,
      });
    this.counts[kind]++;
    try {
      return await work();
    } finally {
      this.counts[kind]--;
    }
  }
}
