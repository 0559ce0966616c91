// From measurements to the rows of the table: medians of the runs, ratios, and whether a target is met. All pure.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const figures = ['rate', 'p50', 'p99', 'max', 'cpu', 'memory'];

/** One side's figures of one workload over those runs that `counts` accepts. Undefined if it was not measured. */
function summary(measurements, counts) {
  const measured = measurements.filter(counts);
  if (measurements.length === 0) return undefined;
  const names = Object.keys(measurements[0].processes);
  const over = (valueOf) => (measured.length === 0 ? NaN : median(measured.map(valueOf)));
  return {
    ...Object.fromEntries(figures.map((name) => [name, over((each) => each[name])])),
    operations: over(({ operations }) => operations),
    errors: measurements.reduce((sum, { errors }) => sum + errors, 0),
    firstError: measurements.find(({ firstError }) => firstError)?.firstError,
    processes: Object.fromEntries(names.map((name) => [name, over(({ processes }) => processes[name])])),
  };
}

/**
 * The row of one workload: both sides' medians, the ratios that have a target, and whether each is met. Errors of ours meet nothing; a run in
 * which the reference had errors is no yardstick and not counted.
 */
export function rowOf({ name, what, target }, measurements) {
  const of = (side) => measurements.filter((each) => each.workload === name && each.side === side);
  const peer = summary(of('peer'), ({ errors }) => errors === 0);
  const ours = summary(of('shiplog'), ({ operations }) => operations > 0);
  const floor = summary(of('floor'), ({ operations }) => operations > 0);
  if (!peer || !ours) return { workload: name, what, target, peer, ours, floor, ratio: {}, met: {} };
  const ratio = { rate: ours.rate / peer.rate, cpu: ours.cpu / peer.cpu, p99: ours.p99 / peer.p99 };
  const met = {
    rate: ours.errors === 0 && ratio.rate >= target.rate,
    cpu: ours.errors === 0 && ratio.cpu <= target.cpu,
    ...(target.p99 === undefined ? {} : { p99: ours.errors === 0 && ratio.p99 <= target.p99 }),
  };
  return { workload: name, what, target, peer, ours, floor, ratio, met };
}

/** Memory of all processes at the end of a run: what the last workload left. */
export function memoryRow(target, what, runs) {
  const of = (side) =>
    runs.flatMap((run) => run.filter((each) => each.side === side).slice(-1)).map(({ memory }) => memory);
  const [peer, ours] = [of('peer'), of('shiplog')].map((each) => (each.length > 0 ? median(each) : undefined));
  const ratio = peer === undefined || ours === undefined ? undefined : ours / peer;
  return { what, target, peer, ours, ratio, met: ratio === undefined ? undefined : ratio <= target };
}
