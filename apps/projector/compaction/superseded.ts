import type { ObjectKey, Revision, StreamName } from '@shiplog/domain';
import type { DataSource } from 'typeorm';

/** An object that changed, and up to where its events may be dropped from the log. */
export interface Droppable {
  readonly key: ObjectKey;
  /** Events of the object before this revision are archived and superseded. */
  readonly before: Revision;
}

interface Row {
  api_group: string;
  plural: string;
  namespace: string;
  name: string;
  revision: string;
  type: string;
}

/**
 * What the objects that changed in (after, upTo] leave behind at `upTo`: of a live one all but its last event, whose sequence is the
 * object's revision; of a dead one everything, its tombstone included.
 */
export async function superseded(
  database: DataSource,
  stream: StreamName,
  after: Revision,
  upTo: Revision,
): Promise<Droppable[]> {
  const rows = await database.query<Row[]>(
    `SELECT DISTINCT ON (api_group, plural, namespace, name) api_group, plural, namespace, name, revision, type
     FROM history WHERE stream = $1 AND revision > $2 AND revision <= $3
     ORDER BY api_group, plural, namespace, name, revision DESC`,
    [stream, after.toString(), upTo.toString()],
  );
  return rows.map(({ api_group: group, plural, namespace, name, revision, type }) => ({
    key: { stream, group, plural, namespace, name },
    before: BigInt(revision) + (type === 'deleted' ? 1n : 0n),
  }));
}
