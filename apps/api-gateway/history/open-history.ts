import type { Logger } from '@shiplog/component-base';
import type { EventStore, SnapshotSource } from '@shiplog/domain';
import { openArchive, type KeyRing, type LogIdentity } from '@shiplog/event-store';
import { History } from './history.js';

export interface OpenHistory {
  readonly history: History;
  readonly snapshots: SnapshotSource;
}

/** The past from PostgreSQL and from the log, and the snapshots to start from. PostgreSQL may come later. Ends with the signal. */
export async function openHistory(
  databaseUrl: string,
  log: Pick<EventStore, 'follow' | 'lastRevision'> & { identity: LogIdentity },
  keyRing: KeyRing | undefined,
  logger: Logger,
  signal: AbortSignal,
): Promise<OpenHistory> {
  const onFault = (error: unknown): void =>
    logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'the archive does not answer');
  const options = { databaseUrl, name: 'api-gateway', log, onFault, ...(keyRing ? { keyRing } : {}) };
  const { reader, snapshots } = await openArchive(options, signal);
  return { history: new History(reader, log, onFault), snapshots };
}
