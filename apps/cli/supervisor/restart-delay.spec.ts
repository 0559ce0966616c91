import { countFailures, healthyAfterMs, restartDelayMs } from './restart-delay.js';

describe('restartDelayMs', () => {
  it.each([
    [1, 100],
    [2, 400],
    [3, 1_600],
    [4, 6_400],
    [5, 25_600],
    [6, 30_000],
    [50, 30_000],
  ])('failure %i waits %i ms', (failures, ms) => expect(restartDelayMs(failures)).toBe(ms));
});

describe('countFailures', () => {
  it.each([
    ['counts on after a short run', 3, healthyAfterMs - 1, 4],
    ['begins anew after a long one', 3, healthyAfterMs, 1],
  ])('%s', (_, before, ranForMs, expected) => expect(countFailures(before, ranForMs)).toBe(expected));
});
