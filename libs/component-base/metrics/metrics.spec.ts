import { Registry } from 'prom-client';
import { exponential, levels, measured, spreads, tallies } from './families.js';
import { processMetrics } from './process-metrics.js';

const labelNames = ['verb', 'code'] as const;

describe('metrics', () => {
  let registry: Registry;
  const about = (name: string) => ({ name, help: 'for the test', labelNames, registry });
  beforeEach(() => (registry = new Registry()));

  it('counts by labels', async () => {
    const of = tallies(about('requests_total'));
    of({ verb: 'GET', code: '200' }).add();
    of({ verb: 'GET', code: '200' }).add(2);
    of({ verb: 'PUT', code: '409' }).add();
    const text = await registry.metrics();
    expect(text).toContain('# TYPE requests_total counter');
    expect(text).toContain('requests_total{verb="GET",code="200"} 3');
    expect(text).toContain('requests_total{verb="PUT",code="409"} 1');
    expect(await registry.metrics()).toBe(text);
  });

  it('tells apart labels that read the same when joined', () => {
    const of = tallies(about('requests_total'));
    expect(of({ verb: 'a', code: 'bc' })).not.toBe(of({ verb: 'ab', code: 'c' }));
  });

  it('shows a histogram as Prometheus counts it: cumulative, a value at a bound below it', async () => {
    const seconds = spreads({ ...about('seconds'), buckets: [0.1, 1] })({ verb: 'GET', code: '' });
    for (const value of [0.05, 0.1, 0.5, 1, 7]) seconds.observe(value);
    const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('seconds'));
    expect(lines).toEqual([
      'seconds_bucket{verb="GET",code="",le="0.1"} 2',
      'seconds_bucket{verb="GET",code="",le="1"} 4',
      'seconds_bucket{verb="GET",code="",le="+Inf"} 5',
      'seconds_sum{verb="GET",code=""} 8.65',
      'seconds_count{verb="GET",code=""} 5',
    ]);
  });

  it('shows levels that rise and fall', async () => {
    const watches = levels(about('watches'))({ verb: 'WATCH', code: '' });
    watches.add(2);
    watches.add(-1);
    expect(await registry.metrics()).toContain('watches{verb="WATCH",code=""} 1');
  });

  it('asks for a measured gauge when it is looked at, and forgets what is not told any more', async () => {
    let values: [{ verb: string; code: string }, number][] = [[{ verb: 'GET', code: '' }, 1]];
    measured(about('objects'), () => values);
    values = [[{ verb: 'LIST', code: '' }, 2]];
    expect(await registry.metrics()).toContain('objects{verb="LIST",code=""} 2');
    expect(await registry.metrics()).not.toContain('GET');
  });

  it('tells about the process, once however often it is asked to', async () => {
    processMetrics(registry);
    processMetrics(registry);
    const text = await registry.metrics();
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds'])
      expect(Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])).toBeGreaterThan(0);
    expect(text).toMatch(/^kubernetes_build_info\{major="1",minor="36",git_version="v1\.36\.\d+\+shiplog",.*\} 1$/m);
    expect(Number(/^process_start_time_seconds (\S+)$/m.exec(text)?.[1])).toBeLessThan(Date.now() / 1000);
  });

  it('has bounds without the noise of floating point', () =>
    expect(exponential(0.001, 10, 4)).toEqual([0.001, 0.01, 0.1, 1]));
});
