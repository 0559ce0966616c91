import { openEnd } from '@shiplog/event-store';
import { insertEvents, keyParameters } from '../../projecting/event-columns.js';
import { gone, type ProjectionTable } from '../../projecting/projection.js';
import type { Timeline } from './history.projection.js';

/** Rows of `history`: closes the open version of each object that has changed, then adds what is new. */
export const historyTable: ProjectionTable<Timeline> = {
  async save(manager, rows) {
    const timelines = [...rows.values()].filter((row) => row !== gone);
    const firsts = timelines.flatMap(({ added, endOfOpen }) =>
      added[0] && endOfOpen !== undefined ? [{ event: added[0].event, end: endOfOpen.toString() }] : [],
    );
    // The dead are among the open too: a tombstone is what there is to know of a name until it is used again.
    await manager.query(
      `UPDATE history SET next_revision = closed.next
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) AS closed (api_group, plural, namespace, name, next)
       WHERE history.api_group = closed.api_group AND history.plural = closed.plural
         AND history.namespace = closed.namespace AND history.name = closed.name
         AND history.next_revision = ${openEnd}`,
      [...keyParameters(firsts.map(({ event }) => event)), firsts.map(({ end }) => end)],
    );
    const versions = timelines.flatMap(({ added }) => added);
    await insertEvents(
      manager,
      'history',
      [
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
      ],
      versions.map(({ event }) => event),
      { more: { next_revision: { type: 'bigint', values: versions.map(({ next }) => (next ?? openEnd).toString()) } } },
    );
  },

  async clear(manager, stream) {
    await manager.query(`DELETE FROM history WHERE stream = $1`, [stream]);
  },
};
