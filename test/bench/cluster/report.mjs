// The figures of `npm run bench:cluster` as tables and a chart. Pure.
import { lineChart } from '../chart.mjs';
import { aligned, markdown } from '../table.mjs';

/** What a cluster of any size has to keep to: cores when idle, and pods a second. Source: 10,000 pods Running in 60 s. */
const targets = { idleCores: 1, podsPerSecond: 10_000 / 60 };
const met = (isMet) => (isMet ? '✓' : '✗');

function results({ nodes, smaller = [], started, idle, running, rolled, killed }) {
  const { podReadyMs: { p50, p99 } = {}, writesPerPod: writes = {} } = running ?? {};
  const ofCluster = ({ nodes: size, started: start, idle: rest }) => [
    [`${size} nodes Ready, from nothing`, start.seconds, '', '', ''],
    [
      'idle, heartbeats on',
      rest.seconds,
      rest.cores,
      `≤ ${targets.idleCores} core ${met(rest.cores <= targets.idleCores)}`,
      '',
    ],
  ];
  return [
    ['what', 'seconds', 'cores in use', 'target', ''],
    ...smaller.flatMap(ofCluster),
    ...ofCluster({ nodes, started, idle }),
    ...(running
      ? [
          [
            `${running.replicas} pods Running`,
            running.seconds,
            running.cores,
            `≤ ${Math.round(running.replicas / targets.podsPerSecond)} s ${met(running.podsPerSecond >= targets.podsPerSecond)}`,
            `${running.podsPerSecond} pods/s, p50 ${p50} ms, p99 ${p99} ms; ${writes.resources} writes and ${writes.events} Events a pod`,
          ],
        ]
      : []),
    ...(rolled
      ? [
          [
            `${rolled.replicas} replicas rolled`,
            rolled.seconds,
            rolled.cores,
            'all new',
            `${rolled.podsPerSecond} pods/s, never fewer than ${rolled.fewestReady} Ready`,
          ],
        ]
      : []),
    ...(killed
      ? [
          [
            `${killed.nodes} nodes fail, ${killed.pods} pods replaced`,
            killed.seconds,
            killed.cores,
            'healed',
            `noticed after ${killed.noticedSeconds} s; pods tolerate it for ${killed.tolerationSeconds} s`,
          ],
          ['they come back, lost pods cleared away', killed.back.seconds, killed.back.cores, '', ''],
        ]
      : []),
  ];
}

function processes({ idle, running }) {
  const share = (name) => `${Math.round((idle.cpuSeconds[name] / idle.seconds) * 1000) / 10} %`;
  return [
    ['process', 'idle CPU', 'MiB', 'CPU s while pods start'],
    ...Object.keys(idle.cpuSeconds).map((name) => [
      name,
      share(name),
      idle.memoryMiB[name],
      running?.cpuSeconds[name] ?? '',
    ]),
  ];
}

const head = ({ at, command, commit, machine, loadBefore, loadAfter, minutes }) =>
  `\`${command}\`, ${at.slice(0, 10)}, commit ${commit}; ${machine}; load average ${loadBefore} before it and ${loadAfter} after it; ${minutes} min.`;

export const forTerminal = (report) => [aligned(results(report)), aligned(processes(report))].join('\n\n');

/** Name → SVG. */
export const charts = ({ nodes, smaller = [], idle }) =>
  smaller.length === 0 ? {} : { 'cluster-idle': idleChart([...smaller, { nodes, idle }]) };

function idleChart(clusters) {
  const of = (matches) => (rest) =>
    Object.entries(rest.cpuSeconds).reduce((sum, [name, seconds]) => sum + (matches(name) ? seconds : 0), 0) /
    rest.seconds;
  const isNode = (name) => name.startsWith('node-agent');
  const parts = {
    'all processes': of(() => true),
    'api-gateway': of((name) => name === 'api-gateway'),
    'nats-server': of((name) => name === 'nats-server'),
    nodes: of(isNode),
  };
  return lineChart({
    title: 'An idle cluster, heartbeats on',
    x: 'hollow nodes',
    y: 'cores in use',
    log: true,
    limit: targets.idleCores,
    series: Object.entries(parts).map(([name, cores]) => ({
      name,
      points: clusters.map((cluster) => [cluster.nodes, cores(cluster.idle)]),
    })),
  });
}

/** `folder`: where the charts lie, as the page sees it. */
export const asMarkdown = (report, folder) =>
  `${[
    head(report),
    markdown(results(report)),
    markdown(processes(report)),
    ...Object.keys(charts(report)).map((name) => `![${name}](${folder}/${name}.svg)`),
  ].join('\n\n')}\n`;
