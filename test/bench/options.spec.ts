import { benchOptions } from './options.mjs';
import { memoryTarget, withPrerequisites, workloadNames } from './workloads.mjs';

const chosen = (...args: string[]): string[] => {
  const { api, scheduling } = benchOptions(args);
  return [...api, ...scheduling].map(({ name }) => name);
};

describe('the command line of the benchmark', () => {
  it.each<[string[], string[]]>([
    [[], workloadNames],
    [
      ['--only', 'get,sched-basic'],
      ['get', 'sched-basic'],
    ],
    [['--api'], workloadNames.filter((name) => !name.startsWith('sched-'))],
    [['--scheduling'], workloadNames.filter((name) => name.startsWith('sched-'))],
    [['--api', '--scheduling'], workloadNames],
  ])('%j measures %j', (args, names) => expect(chosen(...args)).toEqual(names));

  it('schedules more pods where there is nothing to weigh, fewer in a hurry, and as many as are asked for', () => {
    const pods = (...args: string[]): Set<number> => new Set(benchOptions(args).scheduling.map((each) => each.pods));
    expect(pods()).toEqual(new Set([5000, 2000]));
    expect(pods('--quick').size).toBe(1);
    expect(pods('--objects', '50')).toEqual(new Set([50]));
  });

  it.each([
    [['--only', 'gte'], 'no workload "gte"'],
    [['--runs', 'three'], '--runs three'],
    [['--runs', '0'], '--runs 0'],
    [['--fast'], 'npm run bench'],
  ])('%j is refused with a word that helps', (args, words) => expect(() => benchOptions(args)).toThrow(words));

  it('takes halves of seconds, but no half runs', () => {
    expect(benchOptions(['--duration', '0.5']).duration).toBe(0.5);
    expect(() => benchOptions(['--runs', '1.5'])).toThrow('--runs 1.5');
  });
});

describe('the workloads', () => {
  it('find what they read, and leave nothing for the next run', () =>
    expect(withPrerequisites(['list', 'get'])).toEqual(['create', 'get', 'list', 'delete']));

  it.each([
    [2_000, 1],
    [50_000, 0.5],
  ])('with %d pods may take %d times the memory', (pods, times) => expect(memoryTarget(pods)).toBe(times));
});
