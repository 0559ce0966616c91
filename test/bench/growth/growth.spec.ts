import { lags, medians, quantiles, slope, verdicts } from './figures.mjs';
import { growthOptions } from './options.mjs';

describe('what is measured', () => {
  test.each([
    [[], { pods: true, history: true, events: 1_000_000 }],
    [['--quick'], { pods: true, history: true, events: 50_000, sizes: [1_000, 3_000, 10_000] }],
    [['--pods', '--sizes', '300,100'], { pods: true, history: false, sizes: [100, 300] }],
    [['--history', '--events', '7'], { pods: false, history: true, events: 7 }],
    [['--watchers', '0,10'], { watchers: [0, 10] }],
  ])('%j', (args, expected) => expect(growthOptions(args)).toMatchObject(expected));

  test.each([[['--sizes', '1,x']], [['--sizes', '0']], [['--events', '0']], [['--nonsense']]])(
    '%j is refused',
    (args) => expect(() => growthOptions(args)).toThrow(/--/),
  );
});

test('quantiles', () => expect(quantiles(Array.from({ length: 100 }, (_, i) => 99 - i))).toEqual({ p50: 50, p99: 99 }));

test('a disturbed round does not count', () => {
  const quiet = { p50: 1, p99: 3 };
  expect(medians([quiet, { p50: 50, p99: 150 }, quiet])).toEqual(quiet);
});

test('the lag is the age of the oldest event that has not been taken in', () => {
  const samples = [
    { at: 0, taken: 0, written: 0 },
    { at: 50, taken: 0, written: 10 },
    { at: 100, taken: 0, written: 20 },
    { at: 150, taken: 10, written: 30 },
    { at: 200, taken: 30, written: 30 },
  ];
  expect(lags(samples).map(({ lag }) => lag)).toEqual([0, 0, 50, 50, 0]);
});

test('the slope of points on a line is the line’s', () =>
  expect(slope([[1, 5], [2, 7], [5, 13]])).toBeCloseTo(2)); // prettier-ignore

describe('a target', () => {
  const step = (size: number, factor: number) => ({
    ...{ size, start: 100, memory: { pss: size * 4_000 }, list: { ms: size, bytes: size * 3_000 } },
    latencies: { get: { 1: { rounds: [3, 9, 6].map((ms) => ({ p50: factor * ms, p99: factor * ms * 2 })) } } },
    beside: { get: { 1: { rounds: [3, 9, 60].map((ms) => ({ p50: ms, p99: ms * 2 })) } } },
  });
  const judged = (steps: object[], lag = 10) =>
    verdicts({ pods: { steps, lag: [{ at: 0, lag }] } }).filter(({ met }) => !met).map(({ what }) => what); // prettier-ignore

  it('is met within its limit', () => expect(judged([step(10, 1), step(1_000, 1.29)])).toEqual([]));
  it('is missed beyond it', () =>
    expect(judged([step(10, 1), step(1_000, 1.31)], 1_001)).toEqual([
      'get, 1 client, p50, 10 → 1,000 pods',
      'get, 1 client, p99, 10 → 1,000 pods',
      'projector’s lag while 32 clients create, worst',
    ]));
  it('of memory counts what a pod adds', () =>
    expect(
      judged([
        { ...step(10, 1), memory: { pss: 900_000_000 } },
        { ...step(1_000, 1), memory: { pss: 900_000_000 + 990 * 4_024 } },
      ]),
    ).toEqual([]));
});
