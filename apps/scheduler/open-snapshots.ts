import type { SnapshotSource } from '@shiplog/domain';
import { database, PostgresSnapshots, Sealer } from '@shiplog/event-store';

/** The scheduler reads no sealed kinds and has no keys: sealed bodies stay as they are. */
const keyless = (): Sealer => new Sealer(undefined);

/**
 * Starts from the projected rows instead of the whole log. The database is asked once, at the start, and let go; while it is away, or without one,
 * there is no snapshot and the log is followed from its beginning.
 */
export function openSnapshots(url: string, onFault: (error: unknown) => void): SnapshotSource {
  if (url === '') return { snapshot: () => Promise.resolve(undefined) };
  return {
    async snapshot(stream, signal) {
      const archive = database({ url, name: 'scheduler', poolSize: 1 });
      try {
        await archive.initialize();
      } catch (error) {
        onFault(error);
        return undefined;
      }
      const found = await new PostgresSnapshots(archive, keyless(), onFault).snapshot(stream, signal);
      if (found === undefined) {
        await archive.destroy();
        return undefined;
      }
      const { revision, objects } = found;
      return {
        revision,
        objects: (async function* () {
          try {
            yield* objects;
          } finally {
            await archive.destroy();
          }
        })(),
      };
    },
  };
}
