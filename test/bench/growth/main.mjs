// npm run bench:growth: how cost grows with the pods of a cluster and with its history. Tables, JSON and charts.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { main, note, say, step } from '../../../scripts/progress.mjs';
import { root } from '../../../scripts/toolchain.mjs';
import { describe, endedBySignals, leaveReport } from '../command.mjs';
import { startCluster } from './cluster.mjs';
import { growHistory } from './grow-history.mjs';
import { growPods } from './grow-pods.mjs';
import { growthOptions, usage } from './options.mjs';
import { asMarkdown, charts, forTerminal } from './report.mjs';

const args = process.argv.slice(2);
const stopped = endedBySignals();
const connections = 64;
const load = () => loadavg()[0].toFixed(1);

await main(async () => {
  const options = growthOptions(args);
  if (options.help) return say(usage);
  const began = performance.now();
  const before = load();
  const pods = options.pods ? await inCluster((cluster) => growPods(cluster, options, stopped)) : undefined;
  const history = options.history ? await inCluster((cluster) => growHistory(cluster, options, stopped)) : undefined;
  const measured = { load: { before, after: load() }, minutes: (performance.now() - began) / 60_000, pods, history };
  const report = { ...describe('bench:growth', args), ...measured };
  say();
  console.log(forTerminal(report));
  const file = options.json ?? join(root, 'bench-results', `growth-${report.at.replaceAll(/[:.]/g, '-')}.json`);
  const folder = file.replace(/(\.json)?$/, '-charts');
  await leaveReport(report, asMarkdown(report, basename(options.charts ?? folder)), { file });
  for (const target of [folder, ...(options.charts ? [resolve(options.charts)] : [])]) await draw(report, target);
});

async function draw(report, folder) {
  await mkdir(folder, { recursive: true });
  for (const [name, svg] of Object.entries(charts(report))) await writeFile(join(folder, `${name}.svg`), svg);
}

/** Each part has a cluster of its own, new and empty. */
async function inCluster(use) {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-bench-growth-'));
  let cluster;
  try {
    cluster = await step('Shiplog', () => startCluster(join(folder, 'cluster'), { connections }, stopped));
    return await use(cluster);
  } finally {
    await cluster?.stop();
    if (process.env.SHIPLOG_BENCH_KEEP) note(`kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}
