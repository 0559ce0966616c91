export interface ClusterOptions {
  nodes: number;
  pods: number;
  roll: number;
  kill: number;
  rate: number;
  series: number[];
  json?: string;
  charts?: string;
  help: boolean;
}
export const usage: string;
export function clusterOptions(args: readonly string[]): ClusterOptions;
