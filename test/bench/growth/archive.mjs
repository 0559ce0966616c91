// The log and the archive of a cluster, past its API.
import { connectEventStore, database, HistoryReader, Sealer } from '@shiplog/event-store';

/** The log and its archive, as long as `use` takes. */
export async function withArchive({ nats, databaseUrl }, use) {
  const log = await connectEventStore({ name: 'bench', ...nats });
  const archive = await database({ url: databaseUrl, name: 'bench', poolSize: 2 }).initialize();
  try {
    return await use({ log, archive, reader: new HistoryReader(archive, new Sealer(undefined)) });
  } finally {
    await Promise.all([log.close(), archive.destroy()]);
  }
}

/** What PostgreSQL does by itself in the minutes after so many rows, at a pace at which nobody sees an end of it. */
export const tidyUp = (cluster) => withArchive(cluster, ({ archive }) => archive.query('VACUUM (ANALYZE)'));
