import { finished } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from } from 'pg-copy-streams';
import type { EntityManager } from 'typeorm';
import type { BinaryRows } from './binary-rows.js';

/** Adds rows to a table inside the manager's transaction. The columns are those of the rows, in their order. */
export async function copyRows(
  manager: EntityManager,
  table: string,
  columns: readonly string[],
  rows: BinaryRows,
): Promise<void> {
  if (!manager.queryRunner) throw new Error('rows are copied inside a transaction');
  const client = (await manager.queryRunner.connect()) as ClientBase;
  const copy = client.query(from(`COPY ${table} (${columns.join(', ')}) FROM STDIN (FORMAT binary)`));
  copy.end(rows.end());
  await finished(copy);
}
