import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** Any number of our own: who holds it may migrate. */
const migrationLock = 5_348_106_701;

/** Connects, however long PostgreSQL takes to come; does nothing if it is connected. Ends with the signal. */
export async function connectDatabase(
  database: DataSource,
  onFault: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = firstPauseMs; !database.isInitialized; pauseMs = Math.min(pauseMs * 2, longestPauseMs))
    try {
      signal.throwIfAborted();
      await database.initialize();
    } catch (error) {
      if (signal.aborted) throw error;
      onFault(error);
      await sleep(pauseMs, undefined, { signal });
    }
}

/** Brings the tables up to date. Safe when several processes do it at once. */
export async function migrate(database: DataSource): Promise<void> {
  const runner = database.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await database.runMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    await runner.release();
  }
}
