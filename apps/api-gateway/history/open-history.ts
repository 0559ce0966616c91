import type { Logger } from '@shiplog/component-base';
import type { EventStore, SnapshotSource, StreamName } from '@shiplog/domain';
import {
  connectDatabase,
  database,
  HistoryReader,
  PostgresSnapshots,
  Sealer,
  type KeyRing,
  type LogIdentity,
} from '@shiplog/event-store';
import { History } from './history.js';

export interface OpenHistory {
  readonly history: History;
  readonly snapshots: SnapshotSource;
}

/** How long a start waits for PostgreSQL before it goes on without a snapshot. */
const patienceMs = 2_000;

/** Connects to the archive in the background: PostgreSQL being down stops no gateway. Ends with the signal. */
export async function openHistory(
  databaseUrl: string,
  log: Pick<EventStore, 'follow' | 'lastRevision'> & { identity: LogIdentity },
  keyRing: KeyRing | undefined,
  logger: Logger,
  signal: AbortSignal,
): Promise<OpenHistory> {
  const onFault = (error: unknown): void =>
    logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'the archive does not answer');
  const archive = database({ url: databaseUrl, name: 'api-gateway' });
  const connected = connectDatabase(archive, onFault, signal).catch(() => undefined);
  signal.addEventListener(
    'abort',
    () => void connected.then(() => (archive.isInitialized ? archive.destroy() : undefined)),
    {
      once: true,
    },
  );
  await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
  const sealer = new Sealer(keyRing);
  const identity = (stream: StreamName): Promise<string> => log.identity(stream);
  return {
    history: new History(new HistoryReader(archive, sealer, identity), log, onFault),
    snapshots: new PostgresSnapshots(archive, sealer, onFault, identity),
  };
}
