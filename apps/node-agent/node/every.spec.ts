import { every, everyInPhase, nextOnGrid } from './every.js';
import { Timetable } from './timetable.js';

test.each([
  [0, 10_000, 0, 10_000],
  [1, 10_000, 0, 10_000],
  [9_999, 10_000, 0, 10_000],
  [0, 10_000, 0.25, 2_500],
  [2_500, 10_000, 0.25, 12_500],
  [2_499, 10_000, 0.25, 2_500],
  [57_000, 10_000, 0.75, 57_500],
])('after %d, the grid of %d with phase %d has %d', (after, period, phase, expected) =>
  expect(nextOnGrid(after, period, phase)).toBe(expected),
);

describe('every', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  const timesOf = async (run: typeof every, fails: (n: number) => boolean, until: number): Promise<number[]> => {
    const stop = new AbortController();
    const times: number[] = [];
    const running = run(
      1_000,
      stop.signal,
      () => undefined,
      () => {
        times.push(Date.now());
        return fails(times.length) ? Promise.reject(new Error('no')) : Promise.resolve();
      },
    );
    await jest.advanceTimersByTimeAsync(until);
    stop.abort();
    await running;
    return times;
  };
  const never = (): boolean => false;

  it('acts at once, then once a period', async () =>
    expect(await timesOf(every, never, 3_500)).toEqual([0, 1_000, 2_000, 3_000]));

  it('acts at once, then in its phase', async () => {
    const inPhase = everyInPhase(new Timetable(), 0.4);
    expect(await timesOf(inPhase, never, 3_500)).toEqual([0, 400, 1_400, 2_400, 3_400]);
  });

  it('tries again sooner after a failure', async () =>
    expect(await timesOf(every, (n) => n <= 2, 3_000)).toEqual([0, 500, 1_500, 2_500]));
});
