// The command line of `npm run bench:cluster`.
import { parseArgs } from 'node:util';
import { Failure } from '../../../scripts/progress.mjs';

export const usage = `npm run bench:cluster -- [options]
  --nodes N        hollow nodes, with heartbeats (1000)
  --series N,N,…   sizes of clusters that only idle, before that one, for the chart of how idling grows (none)
  --pods N         pods of the Deployment that is to run (2000)
  --roll N         replicas of the Deployment that is rolled; 0: none (1000)
  --kill N         nodes that fail at once; 0: none (a twentieth of them)
  --rate N         lost nodes per second that are cleared of their pods (SHIPLOG_NODE_EVICTION_RATE); a real cluster's default is 0.1 (100)
  --tolerate S     seconds that pods stay on a lost node; a real cluster's default is 300 (5)
  --idle S         seconds over which the idle cluster is measured (30)
  --settle S       seconds of rest before that (20)
  --timeout S      the longest that one step may take (180)
  --charts FOLDER  where the charts go too, as SVG (<json>-charts)
  --json FILE      where the figures go (bench-results/cluster-<time>.json; the table in Markdown beside it)`;

const defaults = { nodes: 1000, pods: 2000, roll: 1000, rate: 100, tolerate: 5, idle: 30, settle: 20, timeout: 180 };
const podsPerNode = 110;

/** What is to be measured. Pure. @throws Failure for what is no option, or does not fit. */
export function clusterOptions(args) {
  const values = parsed(args);
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, values[name] === undefined ? value : whole(name, values)]),
  );
  const kill = values.kill === undefined ? Math.floor(options.nodes / 20) : whole('kill', values);
  const room = (options.nodes - kill) * podsPerNode;
  const surge = Math.ceil(options.roll / 4);
  if (options.pods + options.roll + surge > room)
    throw new Failure(`${options.nodes - kill} nodes have room for ${room} pods only`);
  const series = (values.series ?? '')
    .split(',')
    .flatMap((size) => (size === '' ? [] : [whole('series', { series: size })]));
  return { ...options, kill, series, json: values.json, charts: values.charts, help: values.help === true };
}

function parsed(args) {
  const texts = Object.fromEntries(['series', 'charts', 'json'].map((name) => [name, { type: 'string' }]));
  const numbers = Object.fromEntries([...Object.keys(defaults), 'kill'].map((name) => [name, { type: 'string' }]));
  try {
    return parseArgs({
      args,
      options: { ...numbers, ...texts, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n\n${usage}`);
  }
}

function whole(name, values) {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0) throw new Failure(`--${name} ${values[name]} is not a whole number`);
  return value;
}
