// From what was measured to figures. All pure.
import { median } from '../results.mjs';

/** p50 and p99 of some latencies, in their unit. */
export function quantiles(latencies) {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (quantile) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))];
  return { p50: at(0.5), p99: at(0.99) };
}

/** Of each figure the median of all rounds, so that one disturbed round does not count. */
export const medians = (rounds) =>
  Object.fromEntries(Object.keys(rounds[0]).map((figure) => [figure, median(rounds.map((round) => round[figure]))]));

/**
 * How far a follower is behind, in milliseconds at each sample: for how long what it has not taken in yet has been there.
 * Samples are in order of time; `written` is the log's last revision, `taken` the follower's.
 */
export function lags(samples) {
  let oldest = 0;
  return samples.map(({ at, taken }, i) => {
    while (oldest < i && samples[oldest].written <= taken) oldest++;
    return { at, lag: samples[i].written <= taken ? 0 : at - samples[oldest].at };
  });
}

/** The slope of the least-squares line through the points. */
export function slope(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point[0]), mean((point) => point[1])];
  const over = (of) => points.reduce((sum, point) => sum + of(point), 0);
  return over((point) => (point[0] - x) * (point[1] - y)) / over((point) => (point[0] - x) ** 2);
}

export const growthLimit = 1.3;
const startLimitMs = 10_000;
const readLimitMs = { object: 200, namespace: 200, all: 2_000, why: 300 };

/** One line for each target: what it is about, what was measured, what is allowed, whether that holds. */
export const verdicts = ({ pods, history }) => [
  ...(pods ? podVerdicts(pods) : []),
  ...(history ? historyVerdicts(history) : []),
];

/** @param clients a number as text */
export const clientsOf = (clients) => `${clients} client${clients === '1' ? '' : 's'}`;

/**
 * The latencies of a size against those of the small cluster, round by round, and of these ratios the median: the two of a round were measured within
 * seconds. One row for each operation, number of clients and quantile.
 */
export const latencyRatios = ({ latencies, beside }) =>
  Object.entries(latencies).flatMap(([operation, byClients]) =>
    Object.entries(byClients).flatMap(([clients, figures]) =>
      ['p50', 'p99'].map((quantile) => ({
        ...{ operation, clients, quantile },
        ratio: median(
          figures.rounds.map((round, i) => round[quantile] / beside[operation][clients].rounds[i][quantile]),
        ),
      })),
    ),
  );

const verdict = (what, value, limit, unit) => ({ what, value, limit, unit, met: value <= limit });

function podVerdicts({ steps, watches, lag }) {
  const [first, last] = [steps[0], steps.at(-1)];
  const range = `${first.size.toLocaleString('en')} → ${last.size.toLocaleString('en')} pods`;
  const grown = latencyRatios(last).map(({ operation, clients, quantile, ratio }) =>
    verdict(`${operation}, ${clientsOf(clients)}, ${quantile}, ${range}`, ratio, growthLimit, '×'),
  );
  const perPod = ({ size, list }) => list.ms / size;
  return [
    ...grown,
    verdict(`list, time for each pod, ${range}`, perPod(last) / perPod(first), growthLimit, '×'),
    ...(watches?.length
      ? [
          verdict(
            `gateway’s CPU for a patch with ${watches.at(-1).watchers.toLocaleString('en')} watches of others against none`,
            watches.at(-1).ratio,
            growthLimit,
            '×',
          ),
        ]
      : []),
    verdict(`start of a gateway, ${last.size.toLocaleString('en')} pods`, last.start, startLimitMs, 'ms'),
    ...(steps.length > 1
      ? [verdict('memory of the gateway for a pod', memoryPerPod(steps), jsonPerPod(last) + 1024, 'bytes')]
      : []),
    verdict('projector’s lag while 32 clients create, worst', Math.max(...lag.map(({ lag: ms }) => ms)), 1_000, 'ms'),
  ];
}

export const memoryPerPod = (steps) => slope(steps.map(({ size, memory }) => [size, memory.pss]));
export const jsonPerPod = ({ list, size }) => list.bytes / size;

const historyVerdicts = ({ reads, bytes }) => [
  ...reads.map(({ what, moment, max }) => verdict(`${what} as of ${moment}, worst`, max, readLimitMs[what], 'ms')),
  verdict('bytes of the log for a byte that it holds', bytes.log / bytes.held, 2, '×'),
  verdict('bytes of the tables for a byte that they hold', bytes.tables / bytes.held, 2, '×'),
];
