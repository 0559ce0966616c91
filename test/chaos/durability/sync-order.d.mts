export interface SyncFigures {
  readonly records: number;
  readonly syncs: number;
  readonly answers: number;
  readonly batches: number;
  readonly batchMessages: number;
  readonly deliveries: number;
  readonly blocksOpened: number;
  readonly unread: number;
  readonly ofBefore?: number;
}

export class SyncOrder {
  readonly figures: SyncFigures;
  take(line: string): void;
  violations(): string[];
}

export function sequencesIn(bytes: Buffer): number[] | undefined;
export function checkSyncOrder(file: string): Promise<SyncOrder>;
