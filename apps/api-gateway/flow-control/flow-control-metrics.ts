import { Counter, Gauge, Histogram, type Registry as MetricsRegistry } from 'prom-client';
import type { FlowControl } from './flow-control.js';
import { waitBuckets, type FlowTally, type WaitTimes } from './flow-tally.js';

const byFlow = ['priority_level', 'flow_schema'] as const;
const name = (what: string): string => `apiserver_flowcontrol_${what}`;
const labelsOf = ({ level, schema }: FlowTally): { priority_level: string; flow_schema: string } => ({
  priority_level: level,
  flow_schema: schema,
});

/** What flow control counts, under upstream's names. Nothing is done per request: numbers are read when they are asked for. */
export function flowControlMetrics({ levels, tallies }: FlowControl, registry: MetricsRegistry): void {
  const registers = [registry];
  const all = (): FlowTally[] => [...tallies.values()];
  counter('dispatched_requests_total', 'Requests that were served.', [], (metric) => {
    for (const tally of all()) metric.inc(labelsOf(tally), tally.dispatched);
  });
  counter('rejected_requests_total', 'Requests that were refused.', ['reason'], (metric) => {
    for (const tally of all())
      for (const [reason, count] of Object.entries(tally.rejected))
        if (count > 0) metric.inc({ ...labelsOf(tally), reason }, count);
  });
  gauge('current_inqueue_requests', 'Requests that wait for a seat.', (tally) => tally.waiting);
  gauge('current_inqueue_seats', 'Seats that are waited for.', (tally) => tally.seatsWaiting);
  gauge('current_executing_requests', 'Requests being served.', (tally) => tally.executing);
  gauge('current_executing_seats', 'Seats of requests being served.', (tally) => tally.seatsExecuting);
  levelGauge('nominal_limit_seats', 'Seats of a level by its shares.', ({ limits }) => limits.nominal);
  levelGauge('lower_limit_seats', 'Seats that a level never lends.', ({ limits }) => limits.lower);
  levelGauge('upper_limit_seats', 'Seats that a level may have at most.', ({ limits }) => limits.upper);
  levelGauge('current_limit_seats', 'Seats of a level now, lent and borrowed ones counted.', ({ limits, queues }) =>
    Number.isFinite(queues.limit) ? queues.limit : limits.nominal,
  );
  new TalliedWaits(registers, all);

  function counter(what: string, help: string, more: readonly string[], fill: (metric: Counter) => void): void {
    const metric: Counter = new Counter({
      name: name(what),
      help,
      labelNames: [...byFlow, ...more],
      registers,
      collect: () => {
        metric.reset();
        fill(metric);
      },
    });
  }

  function gauge(what: string, help: string, value: (tally: FlowTally) => number): void {
    const metric: Gauge = new Gauge({
      name: name(what),
      help,
      labelNames: [...byFlow],
      registers,
      collect: () => all().forEach((tally) => metric.set(labelsOf(tally), value(tally))),
    });
  }

  type Level = Parameters<Parameters<typeof levels.forEach>[0]>[0];
  function levelGauge(what: string, help: string, value: (level: Level) => number): void {
    const metric: Gauge = new Gauge({
      name: name(what),
      help,
      labelNames: ['priority_level'],
      registers,
      collect: () => {
        metric.reset();
        for (const [priority_level, level] of levels) metric.set({ priority_level }, value(level));
      },
    });
  }
}

const waitName = name('request_wait_duration_seconds');
const waitHelp = 'How long requests waited for a seat.';

type Values = Awaited<ReturnType<Histogram['get']>>;

/** The histogram of waiting times, from counts that are kept elsewhere. */
class TalliedWaits extends Histogram {
  constructor(
    registers: MetricsRegistry[],
    private readonly all: () => FlowTally[],
  ) {
    super({
      name: waitName,
      help: waitHelp,
      labelNames: [...byFlow, 'execute'],
      buckets: [...waitBuckets],
      registers,
    });
  }

  override get(): Promise<Values> {
    const values = this.all().flatMap((tally) => [
      ...valuesOf(tally.executed, { ...labelsOf(tally), execute: 'true' }),
      ...valuesOf(tally.inVain, { ...labelsOf(tally), execute: 'false' }),
    ]);
    const about = { name: waitName, help: waitHelp, type: 'histogram', aggregator: 'sum' };
    return Promise.resolve({ ...about, values } as unknown as Values);
  }

  /** What the text format is made of, undeclared in prom-client's types; the base class's own has no counts. */
  getForPromString(): Promise<Values> {
    return this.get();
  }
}

function valuesOf({ counts, sum }: WaitTimes, labels: Record<string, string>): Values['values'] {
  let count = 0;
  const buckets = [...counts].map((more, i) => {
    count += more;
    return { metricName: `${waitName}_bucket`, labels: { ...labels, le: waitBuckets[i] ?? '+Inf' }, value: count };
  });
  if (count === 0) return [];
  return [
    ...buckets,
    { metricName: `${waitName}_sum`, labels, value: sum },
    { metricName: `${waitName}_count`, labels, value: count },
  ];
}
