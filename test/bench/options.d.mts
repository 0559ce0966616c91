export interface BenchOptions {
  runs: number;
  objects: number;
  nodes: number;
  duration: number;
  alone: boolean;
  api: { name: string }[];
  scheduling: { name: string; pods: number }[];
}
export function benchOptions(args: string[]): BenchOptions;
