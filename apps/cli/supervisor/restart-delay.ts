/** A process that ran this long is taken as healthy: its next failure counts as its first. */
export const healthyAfterMs = 60_000;
const firstMs = 100;
const longestMs = 30_000;

/** Failures in a row, this one included, given how many there were before and how long the process ran. Pure. */
export const countFailures = (before: number, ranForMs: number): number =>
  ranForMs >= healthyAfterMs ? 1 : before + 1;

/** How long to wait before the next start: at once-ish after the first failure, then doubling up to half a minute. Pure. */
export const restartDelayMs = (failures: number): number =>
  Math.min(longestMs, firstMs * 2 ** (2 * Math.max(0, failures - 1)));
