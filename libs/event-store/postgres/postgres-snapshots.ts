import type { ResourceEvent, Revision, SnapshotSource, StreamName, StreamSnapshot } from '@shiplog/domain';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Sealer } from '../sealing/sealer.js';
import { copyEvents } from './copy-events.js';
import { openEnd } from './history.entity.js';
import type { LogIdentity } from './history-reader.js';
import { storedColumnsOf } from './stored-row.js';

/**
 * Snapshots from the open ranges of the history: rows and checkpoint are read in one transaction, so they are of one moment.
 * While PostgreSQL is away there is no snapshot, and whoever asks starts from the log's beginning.
 */
export class PostgresSnapshots implements SnapshotSource {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
    private readonly onFault: (error: unknown) => void = () => undefined,
    /** The log that the rows must belong to. Without it any will do. */
    private readonly logIdentity?: LogIdentity,
  ) {}

  async snapshot(stream: StreamName, signal?: AbortSignal): Promise<StreamSnapshot | undefined> {
    const runner = this.database.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction('REPEATABLE READ');
      const revision = await checkpoint(runner, stream, await this.logIdentity?.(stream));
      if (revision === undefined) {
        await finish(runner);
        return undefined;
      }
      return { revision, objects: this.objects(runner, stream, signal) };
    } catch (error) {
      this.onFault(error);
      await finish(runner);
      return undefined;
    }
  }

  private async *objects(
    runner: QueryRunner,
    stream: StreamName,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly ResourceEvent[]> {
    try {
      const sql = `SELECT ${storedColumnsOf('history')} FROM history_range AS range JOIN history USING (stream, revision)
        WHERE range.stream = '${stream}' AND range.next_revision = ${openEnd}`;
      for await (const events of copyEvents(runner, sql, this.sealer)) {
        signal?.throwIfAborted();
        yield events;
      }
    } finally {
      await finish(runner);
    }
  }
}

async function checkpoint(
  runner: QueryRunner,
  stream: StreamName,
  log: string | undefined,
): Promise<Revision | undefined> {
  const [row] = (await runner.query(
    `SELECT revision FROM checkpoint WHERE projection = 'history' AND stream = $1 AND ($2::text IS NULL OR log = $2)`,
    [stream, log ?? null],
  )) as { revision: string }[];
  return row && BigInt(row.revision);
}

async function finish(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch {
    // The connection has ended, and the transaction with it.
  } finally {
    await runner.release();
  }
}
