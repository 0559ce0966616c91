// Runs the load generator against both sides in turn, in one run, so that the machine's noise hits both.
import { join } from 'node:path';
import { lines, output } from './sides/command.mjs';
import { cpuByName } from './process-usage.mjs';

/** Builds it if need be (it is a Go program of the reference's folder). Resolves with its path. */
export const buildApibench = async (peers, signal) =>
  join((await output(join(peers, 'build'), ['apibench'], { signal })).trim(), 'apibench');

const target = ({ name, kubeconfig, processes }) => `${name}=${kubeconfig}@${Object.values(processes).join(',')}`;

/**
 * One run of the named workloads. Resolves with one measurement a workload and side, each handed to `told` as it comes:
 * `{ workload, side, operations, errors, rate, p50, p99, max, cpu, memory, processes }`; cpu in ms an operation, memory in MiB, processes:
 * the cpu by process. A scheduling workload clears up after itself in the same breath: its split by process includes that, its cpu does not.
 */
export async function runApibench(program, sides, { only, objects, nodes, clients, watchers, duration }, told, signal) {
  const settings = { objects, nodes, clients, watchers, duration: `${duration * 1000}ms`, only: only.join(',') };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const measurements = [];
  const usage = () => new Map(sides.map((side) => [side.name, cpuByName(side.processes)]));
  let before = usage();
  await lines(
    program,
    [...sides.flatMap((side) => ['-target', target(side)]), ...flags, '-json'],
    (line) => {
      const after = usage();
      const measurement = measurementOf(JSON.parse(line), before, after);
      before = after;
      measurements.push(measurement);
      told(measurement);
    },
    signal,
  );
  return measurements;
}

function measurementOf(result, before, after) {
  const [then, now] = [before, after].map((usage) => usage.get(result.Target) ?? {});
  return {
    workload: result.Workload.split(' ')[0],
    side: result.Target,
    operations: result.Ops,
    errors: result.Errors,
    ...(result.FirstError ? { firstError: result.FirstError } : {}),
    ...{ rate: result.PerSecond, p50: result.P50, p99: result.P99, max: result.Max },
    ...{ cpu: result.CPUPerOp, memory: result.MiB, processes: split(result.CPUPerOp, then, now) },
  };
}

/** A figure split by what each process used in the time. Pure. */
export function split(cpuPerOperation, then, now) {
  const used = Object.entries(now).map(([name, ms]) => [name, ms - (then[name] ?? 0)]);
  const total = used.reduce((sum, [, ms]) => sum + ms, 0);
  return Object.fromEntries(used.map(([name, ms]) => [name, total === 0 ? 0 : (cpuPerOperation * ms) / total]));
}
