import { openEnd } from '@shiplog/event-store';
import { BinaryRows } from '../../projecting/binary-rows.js';
import { copyRows } from '../../projecting/copy-rows.js';
import { gone, type ProjectionTable } from '../../projecting/projection.js';
import type { Timeline, Version } from './history.projection.js';

const columns = [
  'stream',
  'revision',
  'next_revision',
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

/** Rows of `history`: closes the open version of each object that has changed, then adds what is new. */
export const historyTable: ProjectionTable<Timeline> = {
  async save(manager, rows) {
    const timelines = [...rows.values()].filter((row) => row !== gone);
    const firsts = timelines.flatMap(({ added, endOfOpen }) =>
      added[0] && endOfOpen !== undefined ? [{ ...added[0].event.key, end: endOfOpen.toString() }] : [],
    );
    await manager.query(
      `UPDATE history SET next_revision = closed.next
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS closed (api_group, plural, namespace, name, next)
       WHERE history.api_group = closed.api_group AND history.plural = closed.plural
         AND history.namespace = closed.namespace AND history.name = closed.name
         AND history.next_revision = ${openEnd}`,
      [
        firsts.map(({ group }) => group),
        firsts.map(({ plural }) => plural),
        firsts.map(({ namespace }) => namespace),
        firsts.map(({ name }) => name),
        firsts.map(({ end }) => end),
      ],
    );
    const binary = new BinaryRows();
    for (const { added } of timelines) for (const version of added) addRow(binary, version);
    await copyRows(manager, 'history', columns, binary);
  },

  async clear(manager, stream) {
    await manager.query(`DELETE FROM history WHERE stream = $1`, [stream]);
  },
};

function addRow(rows: BinaryRows, { event, next }: Version): void {
  const { key, revision, type, context, sealedWith, body } = event;
  rows
    .row(columns.length)
    .text(key.stream)
    .bigint(revision)
    .bigint(next)
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
