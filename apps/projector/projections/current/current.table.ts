import type { ResourceEvent } from '@shiplog/domain';
import { insertEvents, keyParameters } from '../../projecting/event-columns.js';
import { gone, objectKeyText, type ProjectionTable } from '../../projecting/projection.js';

const replaceExisting = `ON CONFLICT (api_group, plural, namespace, name) DO UPDATE SET
  stream = excluded.stream, revision = excluded.revision, type = excluded.type,
  context = excluded.context, sealed_with = excluded.sealed_with, body = excluded.body`;

/** Rows of `current`: made from events alone, so nothing is read before they are written. */
export const currentTable: ProjectionTable<ResourceEvent> = {
  async save(manager, rows, events) {
    const kept = [...rows.values()].filter((row) => row !== gone);
    await insertEvents(
      manager,
      'current',
      ['stream', 'revision', 'api_group', 'plural', 'namespace', 'name', 'type', 'context', 'sealed_with', 'body'],
      kept,
      { onConflict: replaceExisting },
    );
    const dead = events.filter((event) => rows.get(objectKeyText(event)) === gone);
    if (dead.length > 0)
      await manager.query(
        `DELETE FROM current USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS dead (api_group, plural, namespace, name)
         WHERE current.api_group = dead.api_group AND current.plural = dead.plural
           AND current.namespace = dead.namespace AND current.name = dead.name`,
        keyParameters(dead),
      );
  },

  async clear(manager, stream) {
    await manager.query(`DELETE FROM current WHERE stream = $1`, [stream]);
  },
};
