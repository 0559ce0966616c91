// The table of a benchmark, for a terminal and for docs/benchmarks.md. Pure.
import { aligned, markdown } from './table.mjs';

const none = '–';
const number = (value) => {
  if (value === undefined || Number.isNaN(value)) return none;
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3);
};
const times = (value) => (value === undefined || Number.isNaN(value) ? none : `${value.toFixed(value < 1 ? 2 : 1)}×`);
const fraction = (value) => (value >= 1 ? `${value}×` : `1/${Math.round(1 / value)}`);
const mark = (met) => (met === undefined ? '' : met ? ' ✓' : ' ✗');
const pair = (peer, ours) => `${number(peer)} → ${number(ours)}`;

const comparing = [
  ['workload', ({ workload }) => workload],
  ['peer /s', ({ peer }) => number(peer?.rate)],
  ['Shiplog /s', ({ ours }) => number(ours?.rate)],
  ['ratio', ({ ratio, met }) => times(ratio.rate) + mark(met.rate)],
  ['target', ({ target }) => `≥ ${target.rate}×`],
  ['p50 ms', ({ peer, ours }) => pair(peer?.p50, ours?.p50)],
  ['p99 ms', ({ peer, ours, target, met }) => pair(peer?.p99, ours?.p99) + (target.p99 ? mark(met.p99) : '')],
  ['CPU ms/op', ({ peer, ours }) => pair(peer?.cpu, ours?.cpu)],
  ['ratio', ({ ratio, met }) => times(ratio.cpu) + mark(met.cpu)],
  ['target', ({ target }) => `≤ ${fraction(target.cpu)}`],
  ['MiB', ({ peer, ours }) => pair(peer?.memory, ours?.memory)],
];

const alone = [
  ['workload', ({ workload }) => workload],
  ['operations', ({ ours }) => number(ours?.operations)],
  ['rate /s', ({ ours }) => number(ours?.rate)],
  ['p50 ms', ({ ours }) => number(ours?.p50)],
  ['p99 ms', ({ ours }) => number(ours?.p99)],
  ['CPU ms/op', ({ ours }) => number(ours?.cpu)],
  ['MiB', ({ ours }) => number(ours?.memory)],
];

const cells = (columns, rows) => [
  columns.map(([title]) => title),
  ...rows.map((row) => columns.map(([, of]) => of(row))),
];

/** Where our CPU goes: one column a process. */
function processCells(rows) {
  const names = [...new Set(rows.flatMap(({ ours }) => Object.keys(ours?.processes ?? {})))];
  const columns = [
    ['CPU ms/op of ours', ({ workload }) => workload],
    ...names.map((name) => [name, ({ ours }) => number(ours?.processes[name])]),
  ];
  return cells(columns, rows);
}

/** What a server that does nothing reaches against the reference: nobody over Node.js' HTTPS can pass it. */
const floor = [
  ['a server that does nothing', ({ workload }) => workload],
  ['rate /s', ({ floor }) => number(floor.rate)],
  ['against the peer', ({ floor, peer }) => times(floor.rate / peer?.rate)],
  ['target', ({ target }) => `≥ ${target.rate}×`],
  ['p99 ms', ({ floor }) => number(floor.p99)],
  ['CPU ms/op', ({ floor }) => number(floor.cpu)],
  ['against the peer', ({ floor, peer }) => times(floor.cpu / peer?.cpu)],
];

function tables({ rows, alone: byItself }) {
  const measured = rows.filter((row) => row.floor);
  return [
    cells(byItself ? alone : comparing, rows),
    processCells(rows),
    ...(measured.length > 0 ? [cells(floor, measured)] : []),
  ];
}

const memoryLine = ({ what, peer, ours, ratio, met, target }) =>
  `Memory ${what}: ${pair(peer, ours)} MiB, ${times(ratio)}${mark(met)} (target ≤ ${fraction(target)})`;

const errorLines = (rows) =>
  rows.flatMap(({ workload, peer, ours }) =>
    [
      ['peer', peer],
      ['Shiplog', ours],
    ].flatMap(([name, side]) =>
      side?.errors > 0
        ? [`${workload}: ${side.errors} errors of ${name}${side.firstError ? `, first: ${side.firstError}` : ''}`]
        : [],
    ),
  );

const missed = (rows) => {
  const verdicts = rows.flatMap(({ workload, met }) =>
    Object.entries(met).map(([what, is]) => ({ workload, what, is })),
  );
  if (verdicts.length === 0) return [];
  const not = verdicts.filter(({ is }) => !is).map(({ workload, what }) => `${workload} (${what})`);
  return [
    `${verdicts.length - not.length} of ${verdicts.length} targets met${not.length > 0 ? `; not: ${not.join(', ')}` : ''}`,
  ];
};

const remarks = ({ rows, memory }) => [...(memory ? [memoryLine(memory)] : []), ...missed(rows), ...errorLines(rows)];

export const forTerminal = (report) => [...tables(report).map(aligned), remarks(report).join('\n')].join('\n\n');

export const asMarkdown = (report) =>
  [
    `\`${report.command}\`, ${report.at.slice(0, 10)}, commit ${report.commit}; ${report.machine}.`,
    ...tables(report).map(markdown),
    remarks(report)
      .map((line) => `- ${line}`)
      .join('\n'),
    '',
  ].join('\n\n');
