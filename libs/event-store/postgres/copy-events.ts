import type { ResourceEvent } from '@shiplog/domain';
import type { Client } from 'pg';
import { to } from 'pg-copy-streams';
import type { QueryRunner } from 'typeorm';
import type { Sealer } from '../sealing/sealer.js';
import { CopiedRows } from './copied-rows.js';
import { eventOfCopiedRow } from './stored-row.js';

/**
 * The events that a query of `storedColumns` finds, as many at a time as have arrived. PostgreSQL sends no faster than they are taken. COPY takes no
 * parameters: values stand in `sql` as literals. Whoever stops before the end has ended the connection too, since the rest is on its way.
 */
export async function* copyEvents(
  runner: QueryRunner,
  sql: string,
  sealer: Sealer,
): AsyncGenerator<readonly ResourceEvent[]> {
  const client = (await runner.connect()) as Client;
  const rows = new CopiedRows();
  const copy = client.query(to(`COPY (${sql}) TO STDOUT (FORMAT binary)`));
  let ended = false;
  try {
    for await (const piece of copy) yield rows.take(piece as Buffer, (row) => eventOfCopiedRow(row, sealer));
    ended = true;
  } finally {
    if (!ended) await client.end();
  }
}
