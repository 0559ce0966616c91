// Starts both sides, runs the workloads against them as often as asked, and stops them.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note, say, step } from '../../scripts/progress.mjs';
import { buildApibench, runApibench } from './apibench.mjs';
import { runOwnLoad } from './load/own-load.mjs';
import { memoryRow, rowOf } from './results.mjs';
import { startFloor } from './sides/floor.mjs';
import { startPeer } from './sides/peer.mjs';
import { startShiplog } from './sides/shiplog.mjs';
import { memoryTarget, withPrerequisites } from './workloads.mjs';

/** Everything that was asked for: the rows of the table, memory, and every run. Without `peers` it is Shiplog alone, and no scheduling. */
export async function measureAll(peers, options, signal) {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-bench-'));
  try {
    const program = peers && (await step('load generator', () => buildApibench(peers, signal)));
    const api = options.api.length > 0 ? await measureApi(program, peers, options, folder, signal) : [];
    const scheduling =
      options.scheduling.length > 0 && program ? await measureScheduling(program, peers, options, folder, signal) : [];
    if (options.scheduling.length > 0 && !program) note('scheduling is measured with the reference only');
    const { objects } = options;
    return {
      alone: program === undefined,
      settings: { ...options, api: undefined, scheduling: undefined },
      rows: [
        ...options.api.map((workload) => rowOf(workload, api.flat())),
        ...(program ? options.scheduling : []).map((workload) => rowOf(workload, scheduling.flat())),
      ],
      memory:
        program && api.length > 0
          ? memoryRow(memoryTarget(objects), `after the API workloads with ${objects} pods`, api)
          : undefined,
      runs: { api, scheduling },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Pods in a round of the warm-up. */
const warmUpPods = 2000;

/**
 * The API workloads, as often as asked, after rounds that do not count: a server just started is nobody's case. Compilers that work by what they
 * see (V8's, in three of four of our processes) have settled after some 8,000 changes; a Go program is as fast as ever from the first.
 */
async function measureApi(program, peers, options, folder, signal) {
  const only = withPrerequisites(options.api.map(({ name }) => name));
  const run = (sides, settings, told) =>
    program ? runApibench(program, sides, settings, told, signal) : runOwnLoad(sides[0], settings, told, signal);
  return withSides(peers, join(folder, 'api'), { ...options, scheduler: false }, signal, async (sides) => {
    const warm = { ...options, only, objects: Math.min(options.objects, warmUpPods), duration: 0.5 };
    await step('warm-up', async () => {
      for (let round = 0; round < options['warm-up']; round++) await run(sides, warm, () => undefined);
    });
    return repeated(options.runs, (tell) => run(sides, { ...options, only }, tell));
  });
}

/** The scheduling workloads; those with as many pods share a run of the generator. */
async function measureScheduling(program, peers, options, folder, signal) {
  const byPods = Map.groupBy(options.scheduling, ({ pods }) => pods);
  const run = async (sides, tell) => {
    const measurements = [];
    for (const [objects, workloads] of byPods) {
      const only = workloads.map(({ name }) => name);
      measurements.push(...(await runApibench(program, sides, { ...options, only, objects }, tell, signal)));
    }
    return measurements;
  };
  return withSides(peers, join(folder, 'scheduling'), { scheduler: true }, signal, async (sides) => {
    await step('nodes, and a warm-up', async () => {
      for (const warm of schedulingWarmUps(options))
        await runApibench(program, sides, { ...options, ...warm }, () => undefined, signal);
    });
    return repeated(options.runs, (tell) => run(sides, tell));
  });
}

/**
 * The reference gives a watch a buffer by how many changes of its kind it has lately seen, and after few of them closes the watch that the
 * measurement hangs on as too slow. So there are changes to pods first, on both sides; then all nodes, and some pods for the schedulers.
 */
const schedulingWarmUps = ({ scheduling }) => [
  { only: ['create', 'patch-status', 'delete'], objects: Math.max(1000, ...scheduling.map(({ pods }) => pods / 2)) },
  { only: ['sched-basic'], objects: 200 },
];

async function repeated(times, run) {
  const runs = [];
  for (let i = 1; i <= times; i++) {
    say(` • run ${i} of ${times}`);
    runs.push(await run(tell));
  }
  return runs;
}

function tell({ workload, side, rate, p50, p99, cpu, errors }) {
  say(
    `   ${workload.padEnd(19)} ${side.padEnd(8)} ${rate.toFixed(0).padStart(7)}/s  p50 ${p50.toFixed(1)}  p99 ${p99.toFixed(1)}  CPU ${cpu.toFixed(3)} ms/op${errors > 0 ? `  ${errors} errors` : ''}`,
  );
}

/** Starts the sides, the reference first, hands them to `use`, and stops them whatever happens. */
async function withSides(peers, folder, what, signal, use) {
  const sides = [];
  await mkdir(folder, { recursive: true });
  try {
    if (peers) sides.push(await step('the reference', () => startPeer(peers, join(folder, 'peer'), what, signal)));
    const shiplog = await step('Shiplog', () => startShiplog(join(folder, 'shiplog'), what, signal));
    sides.push(shiplog);
    if (what.floor) sides.push(await step('a server that does nothing', () => startFloor(shiplog, folder, what)));
    return await use(sides);
  } finally {
    for (const { stop } of sides.toReversed()) await stop();
  }
}
