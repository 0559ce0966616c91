export interface Sample {
  at: number;
  taken: number;
  written: number;
}
export interface Verdict {
  what: string;
  value: number;
  limit: number;
  unit: string;
  met: boolean;
}
export function quantiles(latencies: number[]): { p50: number; p99: number };
export function medians(rounds: Record<string, number>[]): Record<string, number>;
export function lags(samples: Sample[]): { at: number; lag: number }[];
export function slope(points: [number, number][]): number;
export function verdicts(report: { pods?: unknown; history?: unknown }): Verdict[];
