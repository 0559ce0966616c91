import { clusterOptions } from './options.mjs';
import { asMarkdown, charts } from './report.mjs';

describe('the options', () => {
  it('have defaults that fit', () =>
    expect(clusterOptions([])).toMatchObject({ nodes: 1000, kill: 50, rate: 100, series: [] }));
  it('name the sizes of the clusters that only idle', () =>
    expect(clusterOptions(['--series', '100,1000']).series).toEqual([100, 1000]));
  it.each([
    ['more pods than there is room for', ['--nodes', '10', '--pods', '1100', '--roll', '0', '--kill', '1']],
    ['what is no number', ['--series', '100,many']],
    ['what is no option', ['--nothing']],
  ])('refuse %s', (_, args) => expect(() => clusterOptions(args)).toThrow());
});

describe('the report', () => {
  const rest = (cores: number) => ({ seconds: 10, cores, cpuSeconds: { 'api-gateway': cores * 10 }, memoryMiB: {} });
  const report = (cores: number, podsPerSecond: number) => ({
    ...{ at: '2026-01-01T00:00:00Z', command: 'npm run bench:cluster', nodes: 5000, started: { seconds: 60 } },
    smaller: [{ nodes: 100, started: { seconds: 9 }, idle: rest(0.1) }],
    idle: rest(cores),
    running: { replicas: 10_000, seconds: 50, cores: 1.5, podsPerSecond, cpuSeconds: {}, podReadyMs: {} },
  });
  const verdicts = (text: string) => text.match(/≤[^|]*[✓✗]/g);

  it('compares with the targets', () => {
    expect(verdicts(asMarkdown(report(0.6, 200), 'charts'))).toEqual(['≤ 1 core ✓', '≤ 1 core ✓', '≤ 60 s ✓']);
    expect(verdicts(asMarkdown(report(1.1, 160), 'charts'))).toEqual(['≤ 1 core ✓', '≤ 1 core ✗', '≤ 60 s ✗']);
  });
  it('draws how idling grows, if there is more than one size', () => {
    expect(Object.keys(charts(report(0.6, 200)))).toEqual(['cluster-idle']);
    expect(charts({ ...report(0.6, 200), smaller: [] })).toEqual({});
  });
});
