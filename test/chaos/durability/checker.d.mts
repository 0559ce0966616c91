export interface LogEntry {
  readonly sequence: number;
  readonly time?: number;
  readonly subject: string;
  readonly type: 'created' | 'updated' | 'deleted';
  readonly uid: string;
  readonly hash: string;
  readonly write?: string;
  readonly expected: number;
  readonly batch?: { readonly id: string; readonly sequence: number; readonly commits: boolean };
}
export interface ToldWrite {
  readonly id: string;
  readonly verb: 'create' | 'patch' | 'delete';
  readonly name: string;
  readonly outcome?: 'acknowledged' | 'refused' | 'ambiguous';
  readonly code?: number;
  readonly toldAt?: number;
  readonly uid?: string;
  readonly revision?: number;
  readonly hash?: string;
}
/** Times in ms since 1970: when the power went, and from when on it was back. */
export interface PowerCut {
  readonly from: number;
  readonly to: number;
}
export interface ToldEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly uid: string;
  readonly revision: number;
  readonly hash: string;
}
export interface Listed {
  readonly subject: string;
  readonly uid: string;
  readonly revision: number;
  readonly hash: string;
}

export function checkLog(entries: readonly LogEntry[]): string[];
export function checkBatches(
  entries: readonly LogEntry[],
  writes?: readonly ToldWrite[],
  powerCuts?: readonly PowerCut[],
): { wrong: string[]; cutOff: number; sizes: number[] };
export function checkWrites(writes: readonly ToldWrite[], entries: readonly LogEntry[]): string[];
export function checkWatch(events: readonly ToldEvent[], entries: readonly LogEntry[], from: number): string[];
export function checkPresent(objects: readonly Listed[], entries: readonly LogEntry[]): string[];
