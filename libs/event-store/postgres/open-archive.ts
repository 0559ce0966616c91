import type { SnapshotSource } from '@shiplog/domain';
import type { KeyRing } from '../sealing/key-ring.js';
import { Sealer } from '../sealing/sealer.js';
import { connectDatabase } from './connect-database.js';
import { database } from './database.js';
import { HistoryReader, type LogIdentity } from './history-reader.js';
import { PostgresSnapshots } from './postgres-snapshots.js';

export interface ArchiveOptions {
  readonly databaseUrl: string;
  /** Shown by PostgreSQL as the name of the connections. */
  readonly name: string;
  /** The log that the archive must belong to. */
  readonly log: { readonly identity: LogIdentity };
  /** Opens what is sealed; without it sealed bodies come as they are stored. */
  readonly keyRing?: KeyRing;
  readonly onFault: (error: unknown) => void;
}

export interface Archive {
  readonly reader: HistoryReader;
  readonly snapshots: SnapshotSource;
}

/** How long a start waits for PostgreSQL before it goes on without a snapshot. */
const patienceMs = 2_000;

/** Connects to what the projector keeps, in the background: PostgreSQL being down stops nobody's start. Ends with the signal. */
export async function openArchive(options: ArchiveOptions, signal: AbortSignal): Promise<Archive> {
  const { databaseUrl, name, log, keyRing, onFault } = options;
  const archive = database({ url: databaseUrl, name });
  const connected = connectDatabase(archive, onFault, signal).catch(() => undefined);
  const leave = (): void => void connected.then(() => (archive.isInitialized ? archive.destroy() : undefined));
  signal.addEventListener('abort', leave, { once: true });
  await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
  const sealer = new Sealer(keyRing);
  const identity: LogIdentity = (stream) => log.identity(stream);
  return {
    reader: new HistoryReader(archive, sealer, identity),
    snapshots: new PostgresSnapshots(archive, sealer, onFault, identity),
  };
}
