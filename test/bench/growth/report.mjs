// The figures of `npm run bench:growth` as tables and charts. Pure.
import { lineChart } from '../chart.mjs';
import { aligned, markdown } from '../table.mjs';
import { clientsOf, growthLimit, jsonPerPod, latencyRatios, memoryPerPod, verdicts } from './figures.mjs';

const count = (n) => Math.round(n).toLocaleString('en');
const number = (n) => (n >= 100 ? count(n) : n >= 10 ? n.toFixed(1) : n.toFixed(2));
const MiB = (bytes) => count(bytes / 2 ** 20);

function podTable({ steps }) {
  return table(
    [
      ['pods', ({ size }) => count(size)],
      ['list s', ({ list }) => number(list.ms / 1000)],
      ['list MiB', ({ list }) => MiB(list.bytes)],
      ['start s', ({ start }) => number(start / 1000)],
      ['gateway MiB', ({ memory }) => MiB(memory.pss)],
      ['created /s', ({ fill }) => count(fill.perSecond)],
    ],
    steps,
  );
}

/** Two rows for each size: the cluster of that size, and the small one in the same minutes. */
function latencyTable({ steps }) {
  const all = ({ p50, p99, cpu }) => `${number(p50)} / ${number(p99)} / ${number(cpu)}`;
  const [first] = steps;
  const columns = Object.entries(first.latencies).flatMap(([operation, byClients]) =>
    Object.keys(byClients).map((clients) => [
      `${operation}, ${clientsOf(clients)}`,
      ({ figures }) => all(figures[operation][clients]),
    ]),
  );
  const rows = steps.flatMap(({ size, latencies, beside }) => [
    { name: count(size), figures: latencies },
    { name: `${count(first.size)} beside it`, figures: beside },
  ]);
  return table([['pods', ({ name }) => name], ...columns], rows);
}

const table = (columns, rows) => [
  columns.map(([title]) => title),
  ...rows.map((row) => columns.map(([, of]) => of(row))),
];

const watchTable = ({ watches }) =>
  table(
    [
      ['watches of other namespaces and nodes', ({ watchers }) => count(watchers)],
      ['gateway’s CPU ms for a patch', ({ cpu }) => number(cpu)],
      ['against none', ({ ratio }) => `${number(ratio)}×`],
      ['patch p50 ms', ({ patch }) => number(patch)],
      ['its event p50 ms', ({ delivery }) => number(delivery)],
    ],
    watches,
  );

const readTable = ({ reads }) =>
  table(
    [
      ['read', ({ what }) => what],
      ['as of', ({ moment }) => moment],
      ['p50 ms', ({ p50 }) => number(p50)],
      ['longest ms', ({ max }) => number(max)],
      ['KiB', ({ bytes }) => count(bytes / 1024)],
    ],
    reads,
  );

const verdictTable = (report) =>
  table(
    [
      ['what', ({ what }) => what],
      ['measured', ({ value, unit }) => `${number(value)} ${unit}`],
      ['target', ({ limit, unit }) => `≤ ${number(limit)} ${unit}`],
      ['', ({ met }) => (met ? '✓' : '✗')],
    ],
    verdicts(report),
  );

function sentences({ pods, history }) {
  const lines = pods ? ['Latencies are p50 / p99 in ms, and the CPU of all processes for one request in ms.'] : [];
  if (pods?.steps.length > 1)
    lines.push(
      `Memory of the gateway for a pod: ${count(memoryPerPod(pods.steps))} bytes; its JSON has ${count(jsonPerPod(pods.steps.at(-1)))}.`,
    );
  if (!history) return lines;
  const { events, objects, seconds, bytes, differences } = history;
  const of = (size) => `${MiB(size)} MiB (${number(size / bytes.held)}×)`;
  return [
    ...lines,
    `${count(events)} events of ${count(objects)} pods: written in ${count(seconds.written)} s (${count(events / seconds.written)}/s), archived after ${count(seconds.takenIn)} s.`,
    `They hold ${MiB(bytes.held)} MiB (bodies and who, when and why); on disk the log takes ${of(bytes.log)}, the tables ${of(bytes.tables)}, ${MiB(bytes.indexes)} MiB of them indexes.`,
    ...(differences === undefined ? [] : [`Compared with the log afterwards: ${differences} differences.`]),
  ];
}

/** Name → SVG. */
export const charts = ({ pods, history }) => ({
  ...(pods?.steps.length > 1 ? podCharts(pods) : {}),
  ...(pods?.watches?.length > 1 ? { watches: watchChart(pods) } : {}),
  ...(pods ? { 'projector-lag': lagChart(pods) } : {}),
  ...(history ? { 'past-reads': pastChart(history) } : {}),
});

function podCharts({ steps }) {
  const over = (of) => steps.map((step) => [step.size, of(step)]);
  const sizes = { x: 'pods in the cluster', log: true };
  const latency = (wanted) =>
    lineChart({
      ...{ title: `Latency against a small cluster in the same minutes, ${wanted}`, y: '×', ...sizes },
      limit: growthLimit,
      series: Object.keys(steps[0].latencies).map((name) => ({
        name: `${name}, 1 client`,
        points: over((step) => ratioOf(step, name, wanted)),
      })),
    });
  return {
    'latency-p50': latency('p50'),
    'latency-p99': latency('p99'),
    list: lineChart({
      title: 'The whole list',
      x: 'pods in the cluster',
      y: 's',
      series: [{ name: 'time', points: over(({ list }) => list.ms / 1000) }],
    }),
    start: lineChart({
      title: 'Start of a gateway',
      x: 'pods in the cluster',
      y: 's',
      limit: 10,
      series: [{ name: 'until it is ready', points: over(({ start }) => start / 1000) }],
    }),
    memory: lineChart({
      ...{ title: 'Memory', x: 'pods in the cluster', y: 'MiB' },
      series: [
        { name: 'gateway', points: over(({ memory }) => memory.pss / 2 ** 20) },
        { name: 'JSON of the pods', points: over(({ list }) => list.bytes / 2 ** 20) },
      ],
    }),
  };
}

const ratioOf = (step, name, wanted) =>
  latencyRatios(step).find(
    ({ operation, clients, quantile }) => operation === name && clients === '1' && quantile === wanted,
  ).ratio;

const watchChart = ({ watches }) =>
  lineChart({
    ...{
      title: 'CPU of the gateway for one patch, against one without watches',
      x: 'watches of other namespaces and nodes',
    },
    ...{ y: '×', limit: growthLimit },
    series: [{ name: 'CPU', points: watches.map(({ watchers, ratio }) => [watchers, ratio]) }],
  });

const lagChart = ({ lag }) =>
  lineChart({
    ...{ title: 'How far the projector is behind 32 writers', x: 's', y: 'ms', limit: 1_000 },
    series: [{ name: 'lag', points: worstOfEach(lag, 200).map(({ at, lag: ms }) => [at / 1000, ms]) }],
  });

/** At most so many samples: of each stretch the worst. */
export function worstOfEach(samples, most) {
  const length = Math.ceil(samples.length / most) || 1;
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, i) =>
    samples.slice(i * length, (i + 1) * length).reduce((worst, each) => (each.lag > worst.lag ? each : worst)),
  );
}

const moments = { early: 5, middle: 50, late: 98 };
const pastChart = ({ reads }) =>
  lineChart({
    ...{ title: 'Reads of the past, longest', x: 'how far into the history, %', y: 'ms' },
    series: [...new Set(reads.map(({ what }) => what))].map((name) => ({
      name,
      points: reads.filter(({ what }) => what === name).map(({ moment, max }) => [moments[moment], max]),
    })),
  });

const tables = (report) => [
  verdictTable(report),
  ...(report.pods ? [latencyTable(report.pods), podTable(report.pods)] : []),
  ...(report.pods?.watches ? [watchTable(report.pods)] : []),
  ...(report.history ? [readTable(report.history)] : []),
];

export const forTerminal = (report) => [...tables(report).map(aligned), sentences(report).join('\n')].join('\n\n');

/** `folder`: where the charts are, as the page with the tables says it. */
export const asMarkdown = (report, folder) =>
  [
    `\`${report.command}\`, ${report.at.slice(0, 10)}, commit ${report.commit}; ${report.machine}; load average ${report.load.before} before it, ${report.load.after} after it; ${number(report.minutes)} minutes.`,
    ...tables(report).map(markdown),
    sentences(report)
      .map((line) => `- ${line}`)
      .join('\n'),
    Object.keys(charts(report))
      .map((name) => `![${name}](${folder}/${name}.svg)`)
      .join('\n'),
    '',
  ].join('\n\n');
