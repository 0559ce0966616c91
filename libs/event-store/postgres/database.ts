import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { CheckpointRow, HistoryRow } from './history.entity.js';
import { History1767225600000 } from './migrations/1767225600000-history.js';
import { OpenHistoryIsCurrent1795219200000 } from './migrations/1795219200000-open-history-is-current.js';
import { RangesAreKeptInATree1795305600000 } from './migrations/1795305600000-ranges-are-kept-in-a-tree.js';
import { RangesHaveATable1795392000000 } from './migrations/1795392000000-ranges-have-a-table.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Shown by the server as the name of the connection. */
  readonly name: string;
  readonly poolSize?: number;
}

/** A pool of connections to the projections' database, not connected yet: `initialize` it, and `runMigrations` if this process owns the tables. */
export const database = ({ url, name, poolSize = 8 }: DatabaseOptions): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    poolSize,
    connectTimeoutMS: 5_000,
    entities: [HistoryRow, CheckpointRow],
    migrations: [
      History1767225600000,
      OpenHistoryIsCurrent1795219200000,
      RangesAreKeptInATree1795305600000,
      RangesHaveATable1795392000000,
    ],
    migrationsTransactionMode: 'each',
    logging: false,
  });
