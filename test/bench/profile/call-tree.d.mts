export interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: number[];
  }[];
  samples: number[];
  timeDeltas: number[];
}
export interface Call {
  name: string;
  place: string;
  self: number;
  total: number;
}
export interface CallTree extends Call {
  children: CallTree[];
}
export function callTree(profile: Profile): CallTree;
export function bySelfTime(tree: CallTree): Call[];
