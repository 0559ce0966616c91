import type { SnapshotSource } from '@shiplog/domain';
import { Sealer } from '../sealing/sealer.js';
import { database } from './database.js';
import { PostgresSnapshots } from './postgres-snapshots.js';

/**
 * Snapshots for a process that reads none of the sealed kinds and needs the database at its start only: it connects, reads and lets
 * go. While the database is away, or with an empty url, there is no snapshot and the log is followed from its beginning.
 */
export function snapshotsAt(url: string, name: string, onFault: (error: unknown) => void): SnapshotSource {
  if (url === '') return { snapshot: () => Promise.resolve(undefined) };
  return {
    async snapshot(stream, signal) {
      const archive = database({ url, name, poolSize: 1 });
      try {
        await archive.initialize();
      } catch (error) {
        onFault(error);
        return undefined;
      }
      const found = await new PostgresSnapshots(archive, new Sealer(undefined), onFault).snapshot(stream, signal);
      if (found === undefined) {
        await archive.destroy();
        return undefined;
      }
      const objects = async function* () {
        try {
          yield* found.objects;
        } finally {
          await archive.destroy();
        }
      };
      return { revision: found.revision, objects: objects() };
    },
  };
}
