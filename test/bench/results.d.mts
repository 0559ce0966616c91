export interface Measurement {
  workload: string;
  side: string;
  operations: number;
  errors: number;
  firstError?: string;
  rate: number;
  p50: number;
  p99: number;
  max: number;
  cpu: number;
  memory: number;
  processes: Record<string, number>;
}
export interface Target {
  rate: number;
  cpu: number;
  p99?: number;
}
export function median(values: number[]): number;
export function rowOf(
  workload: { name: string; what: string; target: Target },
  measurements: Measurement[],
): {
  peer?: Omit<Measurement, 'workload' | 'side'>;
  ours?: Omit<Measurement, 'workload' | 'side'>;
  ratio: Partial<Target>;
  met: { rate?: boolean; cpu?: boolean; p99?: boolean };
};
export function memoryRow(
  target: number,
  what: string,
  runs: Measurement[][],
): { peer?: number; ours?: number; ratio?: number; met?: boolean };
