import type { ResourceEvent, StreamName } from '@shiplog/domain';
import type { EntityManager } from 'typeorm';

/** What is left of a row that an event ends. */
export const gone = Symbol('gone');

/** How a projection's rows lie in the database. Both are told of many rows at once and do one statement each. */
export interface ProjectionTable<Row> {
  /** The rows of these keys as they are; undefined where rows are made from events alone. */
  load?(manager: EntityManager, firstOfKey: ReadonlyMap<string, ResourceEvent>): Promise<Map<string, Row>>;
  /** Makes the rows what they are now. */
  save(
    manager: EntityManager,
    rows: ReadonlyMap<string, Row | typeof gone>,
    events: readonly ResourceEvent[],
  ): Promise<void>;
  /** Empties the table of a stream, for a rebuild from the log. */
  clear(manager: EntityManager, stream: StreamName): Promise<void>;
}

/** Folds the log into rows. `key` and `evolve` are pure; the same events give the same rows however they are cut into batches. */
export interface Projection<Row = unknown> {
  readonly name: string;
  readonly streams: readonly StreamName[];
  /** It keeps what was superseded too, so that a log which has been thinned out cannot make it again. */
  readonly needsEveryEvent: boolean;
  /** The row that an event changes. */
  key(event: ResourceEvent): string;
  evolve(row: Row | undefined, event: ResourceEvent): Row | typeof gone;
  readonly table: ProjectionTable<Row>;
}

/** A projection whose row type is its own affair. */
export interface AnyProjection {
  readonly name: string;
  readonly streams: readonly StreamName[];
  readonly needsEveryEvent: boolean;
  /** Takes in a set of events. Runs inside the transaction that moves the checkpoint. */
  apply(manager: EntityManager, events: readonly ResourceEvent[]): Promise<void>;
  clear(manager: EntityManager, stream: StreamName): Promise<void>;
}

/** Ties a projection to its table: loads what a set of events changes, folds, saves. */
export function defineProjection<Row>({
  name,
  streams,
  needsEveryEvent,
  key,
  evolve,
  table,
}: Projection<Row>): AnyProjection {
  return {
    name,
    streams,
    needsEveryEvent,
    clear: (manager, stream) => table.clear(manager, stream),
    async apply(manager, events) {
      const firstOf = new Map<string, ResourceEvent>();
      for (const event of events) if (!firstOf.has(key(event))) firstOf.set(key(event), event);
      const loaded = await table.load?.(manager, firstOf);
      const rows = new Map<string, Row | typeof gone>(loaded);
      for (const event of events) {
        const row = rows.get(key(event));
        rows.set(key(event), evolve(row === gone ? undefined : (row as Row | undefined), event));
      }
      await table.save(manager, rows, events);
    },
  };
}

/** One text for an object; names have no slash in them that could make two the same. */
export const objectKeyText = ({ key: { group, plural, namespace, name } }: ResourceEvent): string =>
  `${group}/${plural}/${namespace}/${name}`;
