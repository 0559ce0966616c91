// npm run bench:growth: how cost grows with the pods of a cluster and with its history. Tables, JSON and charts.
import { join } from 'node:path';
import { main, say, step } from '../../../scripts/progress.mjs';
import { describe, endedBySignals, inTemporaryFolder, leaveReportWithCharts, loadAverage } from '../command.mjs';
import { startCluster } from './cluster.mjs';
import { growHistory } from './grow-history.mjs';
import { growPods } from './grow-pods.mjs';
import { growthOptions, usage } from './options.mjs';
import { asMarkdown, charts, forTerminal } from './report.mjs';

const args = process.argv.slice(2);
const stopped = endedBySignals();
const connections = 64;

await main(async () => {
  const options = growthOptions(args);
  if (options.help) return say(usage);
  const began = performance.now();
  const before = loadAverage();
  const pods = options.pods
    ? await inCluster((cluster) => inCluster((small) => growPods({ cluster, small }, options, stopped)))
    : undefined;
  const history = options.history ? await inCluster((cluster) => growHistory(cluster, options, stopped)) : undefined;
  const minutes = (performance.now() - began) / 60_000;
  const measured = { load: { before, after: loadAverage() }, minutes, pods, history };
  const report = { ...describe('bench:growth', args), ...measured };
  say();
  console.log(forTerminal(report));
  await leaveReportWithCharts(report, { asMarkdown, charts }, { ...options, prefix: 'growth-' });
});

/** With a cluster of its own, new and empty. */
function inCluster(use) {
  return inTemporaryFolder('bench-growth', async (folder) => {
    const cluster = await step('Shiplog', () => startCluster(join(folder, 'cluster'), { connections }, stopped));
    try {
      return await use(cluster);
    } finally {
      await cluster.stop();
    }
  });
}
