// npm run profile: samples one of Shiplog's processes while a workload of the benchmark runs, and leaves a profile and a flame graph.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, main, note, say, step } from '../../../scripts/progress.mjs';
import { root } from '../../../scripts/toolchain.mjs';
import { buildApibench, runApibench } from '../apibench.mjs';
import { endedBySignals } from '../command.mjs';
import { runOwnLoad } from '../load/own-load.mjs';
import { peersFolder } from '../sides/peer.mjs';
import { startShiplog } from '../sides/shiplog.mjs';
import { workloadNames } from '../workloads.mjs';
import { bySelfTime, callTree } from './call-tree.mjs';
import { flameGraph } from './flame-graph.mjs';
import { inspect, inspectable, profileDuring } from './inspector.mjs';

const roles = ['api-gateway', 'projector', 'scheduler'];
const usage = `npm run profile -- WORKLOAD [options]
  WORKLOAD       ${workloadNames.join(', ')}
  --role ROLE    ${roles.join(', ')} (api-gateway; for scheduling workloads the scheduler)
  --seconds N    how long a workload without a fixed number of operations runs (8)
  --objects N    pods (5000)
  --nodes N      nodes of a scheduling workload (5000)
  --out FOLDER   where the profile goes (bench-results)`;

const stopped = endedBySignals();

await main(async () => {
  const options = profileOptions(process.argv.slice(2));
  if (!options) return say(usage);
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-profile-'));
  try {
    const profile = await record(options, folder, stopped);
    await report(options, profile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function profileOptions(args) {
  const text = { type: 'string' };
  const options = { role: text, seconds: text, objects: text, nodes: text, out: text, help: { type: 'boolean' } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [workload] = positionals;
  if (values.help || workload === undefined) return undefined;
  if (!workloadNames.includes(workload)) throw new Failure(`no workload "${workload}"\n\n${usage}`);
  const schedules = workload.startsWith('sched-');
  const role = values.role ?? (schedules ? 'scheduler' : 'api-gateway');
  if (!roles.includes(role)) throw new Failure(`no role "${role}"\n\n${usage}`);
  const [objects, nodes, duration] = [values.objects ?? 5000, values.nodes ?? 5000, values.seconds ?? 8].map(Number);
  const out = values.out ?? join(root, 'bench-results');
  return { workload, role, schedules, objects, nodes, duration, out, clients: 32, watchers: 50 };
}

async function record(options, home, signal) {
  const { workload, role, schedules, objects } = options;
  const peers = peersFolder();
  if (!peers && schedules)
    throw new Failure('scheduling workloads need the load generator of the reference ($SHIPLOG_PEERS)');
  const program = peers && (await step('load generator', () => buildApibench(peers, signal)));
  const side = await step('Shiplog', () =>
    startShiplog(home, { scheduler: schedules || role === 'scheduler', env: inspectable }, signal),
  );
  const run = (only, change = {}) => {
    const settings = { ...options, only, ...change };
    const silent = () => undefined;
    return program
      ? runApibench(program, [side], settings, silent, signal)
      : runOwnLoad(side, settings, silent, signal);
  };
  try {
    // What runs cold is not what is looked for; and the workload is to find its pods.
    await step('warm-up', async () => {
      await run(['create', 'get', 'list-page', 'patch-status', 'lease', 'delete'], { objects: 2000, duration: 2 });
      if (schedules) await run([workload], { objects: 200 });
      else if (workload !== 'create') await run(['create'], { objects });
    });
    const inspector = await inspect(side.processes[role], join(home, 'log', `${role}.log`));
    const measurements = [];
    const profile = await step(`${workload}, ${role} sampled`, () =>
      profileDuring(inspector, async () => void measurements.push(...(await run([workload])))),
    );
    inspector.close();
    for (const { rate, p50, p99, errors, firstError } of measurements)
      note(
        `${rate.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, sampled${errors > 0 ? `; ${errors} errors: ${firstError}` : ''}`,
      );
    return profile;
  } finally {
    await side.stop();
  }
}

async function report({ workload, role, out }, profile) {
  const name = `${workload}-${role}`;
  const tree = callTree(profile);
  const wall = (profile.endTime - profile.startTime) / 1000;
  const busy = `${Math.round((100 * tree.total) / wall)} % of ${(wall / 1000).toFixed(1)} s busy`;
  await mkdir(out, { recursive: true });
  await writeFile(join(out, `${name}.cpuprofile`), JSON.stringify(profile));
  await writeFile(join(out, `${name}.html`), flameGraph(tree, `${role} during ${workload}: ${busy}`));
  say();
  console.log(`${role} during ${workload}: ${busy}\n`);
  console.log(`${'self ms'.padStart(9)} ${'%'.padStart(5)}  ${'with callees'.padStart(12)}`);
  for (const { name: called, place, self, total } of bySelfTime(tree).slice(0, 20)) {
    const percent = (100 * self) / tree.total;
    console.log(
      `${self.toFixed(1).padStart(9)} ${percent.toFixed(1).padStart(5)}  ${total.toFixed(1).padStart(12)}  ${called}  ${place}`,
    );
  }
  const at = relative(process.cwd(), join(out, name));
  say(`\n${at}.html is the flame graph; ${at}.cpuprofile opens in Chrome's DevTools (Performance)`);
}
