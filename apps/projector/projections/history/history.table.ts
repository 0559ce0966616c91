import { openEnd } from '@shiplog/event-store';
import { BinaryRows } from '../../projecting/binary-rows.js';
import { copyRows } from '../../projecting/copy-rows.js';
import { gone, type ProjectionTable } from '../../projecting/projection.js';
import type { Timeline, Version } from './history.projection.js';

const columns = [
  'stream',
  'revision',
  'api_group',
  'plural',
  'namespace',
  'name',
  'type',
  'time',
  'correlation_id',
  'causation_id',
  'context',
  'sealed_with',
  'body',
] as const;

/** jsonb holds no NUL and no half of a surrogate pair; in who and why of an event they can only be an accident. */
const unstorable = /\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;
const storable = (json: string): string => json.replace(unstorable, '\\ufffd');

const rangeColumns = ['stream', 'revision', 'next_revision', 'api_group', 'plural', 'namespace', 'name'] as const;

/** Rows of `history` and of `history_range`: closes the open range of each object that has changed, then adds what is new. */
export const historyTable: ProjectionTable<Timeline> = {
  async save(manager, rows) {
    const timelines = [...rows.values()].filter((row) => row !== gone);
    const firsts = timelines.flatMap(({ added, endOfOpen }) =>
      added[0] && endOfOpen !== undefined ? [{ ...added[0].event.key, end: endOfOpen.toString() }] : [],
    );
    await manager.query(
      `UPDATE history_range AS range SET next_revision = closed.next
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS closed (api_group, plural, namespace, name, next)
       WHERE range.api_group = closed.api_group AND range.plural = closed.plural
         AND range.namespace = closed.namespace AND range.name = closed.name
         AND range.next_revision = ${openEnd}`,
      [
        firsts.map(({ group }) => group),
        firsts.map(({ plural }) => plural),
        firsts.map(({ namespace }) => namespace),
        firsts.map(({ name }) => name),
        firsts.map(({ end }) => end),
      ],
    );
    const versions = timelines.flatMap(({ added }) => added);
    await copyRows(manager, 'history', columns, rowsOf(versions));
    await copyRows(manager, 'history_range', rangeColumns, rangesOf(versions));
  },

  async clear(manager, stream) {
    await manager.query(`DELETE FROM history_range WHERE stream = $1`, [stream]);
    await manager.query(`DELETE FROM history WHERE stream = $1`, [stream]);
  },
};

function rowsOf(versions: readonly Version[]): BinaryRows {
  const rows = new BinaryRows();
  for (const { event } of versions) {
    const { key, revision, type, context, sealedWith, body } = event;
    rows
      .row(columns.length)
      .text(key.stream)
      .bigint(revision)
      .text(key.group)
      .text(key.plural)
      .text(key.namespace)
      .text(key.name)
      .text(type)
      .timestamp(Date.parse(context.time))
      .text(context.correlationId)
      .text(context.causationId)
      .jsonb(storable(JSON.stringify(context)))
      .text(sealedWith)
      .bytea(body);
  }
  return rows;
}

/** An empty range is no row: a deletion is current at no revision. */
function rangesOf(versions: readonly Version[]): BinaryRows {
  const rows = new BinaryRows();
  for (const { event, next } of versions) {
    const { key, revision } = event;
    if (next === revision) continue;
    rows
      .row(rangeColumns.length)
      .text(key.stream)
      .bigint(revision)
      .bigint(next)
      .text(key.group)
      .text(key.plural)
      .text(key.namespace)
      .text(key.name);
  }
  return rows;
}
