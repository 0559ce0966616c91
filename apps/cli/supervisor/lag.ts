/** Sum of a metric's samples in Prometheus' text format; undefined if there is none. Pure. */
export function sumOfMetric(text: string, name: string): number | undefined {
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

/** How many events of the log a process has still to take; null for one that follows none, or does not answer. */
export async function lagOf(metricsPort: number | undefined): Promise<number | null> {
  if (metricsPort === undefined) return null;
  const text = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.text(),
    () => '',
  );
  return sumOfMetric(text, 'shiplog_log_lag_events') ?? null;
}
