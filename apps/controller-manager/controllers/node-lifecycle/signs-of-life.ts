/** The longest silence of the whole feed that still counts as time in which it was watched. */
const longestPauseMs = 5_000;

/**
 * When nodes were last heard of, by a clock that runs only while news of Leases arrive. A cache that stands still or lags behind, a
 * process that was paused and a clock that was set show no node as silent: what counts is for how long others spoke and this one did
 * not. The news never end while the cluster is well, for whoever leads renews a Lease of its own every few seconds.
 *
 * Times that come in are milliseconds of one monotonic clock.
 */
export class SignsOfLife {
  private watchedMs = 0;
  private lastNewsAt: number | undefined;
  private readonly heardAt = new Map<string, number>();

  /** A Lease, anybody's, has come in. */
  news(nowMs: number): void {
    this.watchedMs += Math.min(longestPauseMs, Math.max(0, nowMs - (this.lastNewsAt ?? nowMs)));
    this.lastNewsAt = nowMs;
  }

  heardOf(node: string): void {
    this.heardAt.set(node, this.watchedMs);
  }

  /** For how long others were heard of and the node was not. Silence begins when it is first asked for. */
  silenceMs(node: string): number {
    const heardAt = this.heardAt.get(node);
    if (heardAt === undefined) this.heardOf(node);
    return this.watchedMs - (heardAt ?? this.watchedMs);
  }

  forget(node: string): void {
    this.heardAt.delete(node);
  }

  /** Forgets how long anybody has been silent: what was not heard proves nothing about the nodes. */
  startAfresh(): void {
    this.heardAt.clear();
  }
}
