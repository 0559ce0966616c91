export interface Chart {
  title: string;
  x: string;
  y: string;
  log?: boolean;
  limit?: number;
  series: { name: string; points: [number, number][] }[];
}
export function lineChart(chart: Chart): string;
