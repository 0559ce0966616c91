export interface GrowthOptions {
  sizes: number[];
  watchers: number[];
  events: number;
  objects: number;
  pods: boolean;
  history: boolean;
}
export function growthOptions(args: string[]): GrowthOptions;
