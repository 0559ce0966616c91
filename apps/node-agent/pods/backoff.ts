/** Waits that double with every failure of the same thing, and are forgotten after a long time without one. Times in milliseconds. */
export interface Backoff {
  /** When what failed at `failedAt` may be tried again; undefined: now. */
  waitUntil(key: string, failedAt: number, now: number): number | undefined;
  /** To be called when it is tried again. */
  tried(key: string, failedAt: number, now: number): void;
  delay(key: string): number;
  forget(prefix: string): void;
}

/** The first retry is immediate, the next waits `initial`, then twice as long each time up to `max`; twice `max` without failure resets it. */
export function backoff(initial = 10_000, max = 300_000): Backoff {
  const entries = new Map<string, { delay: number; triedAt: number }>();
  const expired = (triedAt: number, at: number): boolean => at - triedAt > 2 * max;
  return {
    waitUntil: (key, failedAt, now) => {
      const entry = entries.get(key);
      if (!entry || expired(entry.triedAt, failedAt)) return undefined;
      const until = failedAt + entry.delay;
      return until > now ? until : undefined;
    },
    tried: (key, failedAt, now) => {
      const entry = entries.get(key);
      const delay = !entry || expired(entry.triedAt, failedAt) ? initial : Math.min(entry.delay * 2, max);
      entries.set(key, { delay, triedAt: now });
    },
    delay: (key) => entries.get(key)?.delay ?? 0,
    forget: (prefix) => {
      for (const key of entries.keys()) if (key.startsWith(prefix)) entries.delete(key);
    },
  };
}
