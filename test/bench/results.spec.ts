import { median, memoryRow, rowOf, type Measurement } from './results.mjs';

const measured = (side: string, change: Partial<Measurement> = {}): Measurement => ({
  ...{ workload: 'get', side, operations: 100, errors: 0, rate: 1000, p50: 1, p99: 9, max: 10, cpu: 0.4, memory: 300 },
  processes: { gateway: 0.3, log: 0.1 },
  ...change,
});
const get = { name: 'get', what: 'one pod', target: { rate: 4, cpu: 1 / 4 } };

describe('the rows of the benchmark', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[10, 9], 9.5],
    [[7], 7],
  ])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('compares medians, each figure by itself', () => {
    const runs = [
      ...[900, 1000, 5000].map((rate) => measured('peer', { rate })),
      ...[0.1, 0.09, 0.2].map((cpu, i) => measured('shiplog', { rate: [4000, 4100, 100][i]!, cpu })),
    ];
    const row = rowOf(get, runs);
    expect(row.ratio.rate).toBeCloseTo(4);
    expect(row.ratio.cpu).toBeCloseTo(0.25);
    expect(row.met).toEqual({ rate: true, cpu: true });
    expect(row.ours?.processes).toEqual({ gateway: 0.3, log: 0.1 });
  });

  it.each([
    ['too slow', { rate: 3999, cpu: 0.05 }, { rate: false, cpu: true }],
    ['too dear', { rate: 9000, cpu: 0.11 }, { rate: true, cpu: false }],
    ['fast, but with a refused request', { rate: 9000, cpu: 0.05, errors: 1 }, { rate: false, cpu: false }],
  ])('%s', (_, change, met) => expect(rowOf(get, [measured('peer'), measured('shiplog', change)]).met).toEqual(met));

  it('counts errors of every run, also of one in which nothing succeeded', () => {
    const none = measured('shiplog', { operations: 0, errors: 7, firstError: '500', rate: 0 });
    const { ours, met } = rowOf(get, [measured('peer'), measured('shiplog', { rate: 9000 }), none]);
    expect(ours).toMatchObject({ rate: 9000, errors: 7, firstError: '500' });
    expect(met.rate).toBe(false);
  });

  it('does not measure itself against a run in which the reference failed', () => {
    const failed = measured('peer', { rate: 2, errors: 194 });
    const ours = measured('shiplog', { rate: 4000, cpu: 0.1 });
    expect(rowOf(get, [failed, measured('peer'), ours]).ratio.rate).toBe(4);
    expect(rowOf(get, [failed, ours]).met).toEqual({ rate: false, cpu: false });
  });

  it('has no ratios where a side is missing', () =>
    expect(rowOf(get, [measured('shiplog')])).toMatchObject({ peer: undefined, ratio: {}, met: {} }));

  it('takes the memory that the last workload of each run left', () => {
    const run = (peer: number, ours: number): Measurement[] => [
      ...[measured('peer', { memory: 1 }), measured('shiplog', { memory: 1 })],
      ...[measured('peer', { memory: peer }), measured('shiplog', { memory: ours })],
    ];
    const row = memoryRow(1, 'after', [run(300, 400), run(500, 350), run(400, 300)]);
    expect(row).toMatchObject({ peer: 400, ours: 350, met: true });
  });
});
