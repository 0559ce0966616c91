// npm run bench:cluster: starts a cluster of hollow nodes, measures how it idles, runs, rolls and heals, and stops it.
import { loadKubeconfig, RestClient } from '@shiplog/client';
import { Failure, main, say, step } from '../../../scripts/progress.mjs';
import { describe, endedBySignals, inTemporaryFolder, leaveReportWithCharts, loadAverage } from '../command.mjs';
import { startHollowCluster } from './hollow-cluster.mjs';
import { clusterOptions, usage } from './options.mjs';
import { asMarkdown, charts, forTerminal } from './report.mjs';
import { idle, kill, roll, run } from './steps.mjs';

const args = process.argv.slice(2);
const stopped = endedBySignals();

await main(async () => {
  const options = clusterOptions(args);
  if (options.help) return say(usage);
  const about = { ...describe('bench:cluster', args), loadBefore: loadAverage(), nodes: options.nodes };
  const report = { ...about, smaller: [] };
  const began = performance.now();
  // What was measured before a step failed is worth having.
  try {
    for (const nodes of options.series) report.smaller.push(await idleOnly({ ...options, nodes }, stopped));
    await measure(options, report, stopped);
  } finally {
    Object.assign(report, { loadAfter: loadAverage(), minutes: Math.round((performance.now() - began) / 6_000) / 10 });
    await leave(report, options);
  }
});

async function leave(report, options) {
  if (!report.idle) return;
  say();
  console.log(forTerminal(report));
  await leaveReportWithCharts(report, { asMarkdown, charts }, { ...options, prefix: 'cluster-' });
}

/** How a cluster of another size idles. */
async function idleOnly(options, signal) {
  const report = {};
  await measure({ ...options, pods: 0, roll: 0, kill: 0 }, report, signal);
  return { nodes: options.nodes, started: report.started, idle: report.idle };
}

/** Adds the figures of each step to the report as it ends. */
function measure(options, report, signal) {
  return inTemporaryFolder('bench-cluster', (home) => measureIn(home, options, report, signal));
}

async function measureIn(home, options, report, signal) {
  const startedAt = performance.now();
  let cluster;
  let client;
  const watching = new AbortController();
  const both = AbortSignal.any([signal, watching.signal]);
  try {
    const started = await step(`${options.nodes} nodes Ready`, () => startHollowCluster(home, options, signal));
    report.started = { seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
    client = new RestClient(await loadKubeconfig({ file: started.kubeconfig }), { userAgent: 'shiplog-bench' });
    cluster = { ...started, client };
    report.idle = await idle(cluster, options, signal);
    if (options.pods === 0) return;
    const { pods, figures } = await run(cluster, 'run', options.pods, options, both);
    report.running = figures;
    if (options.roll > 0) report.rolled = await rolling(cluster, options, both);
    if (options.kill > 0) report.killed = await kill(cluster, pods, options.pods, options, both);
  } finally {
    watching.abort(new Failure('done'));
    client?.close();
    await cluster?.stop();
  }
}

async function rolling(cluster, options, signal) {
  const { pods } = await run(cluster, 'rolled', options.roll, options, signal);
  return roll(cluster, 'rolled', pods, options.roll, options, signal);
}
