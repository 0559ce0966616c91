import { createHash } from 'node:crypto';
import type { EventStore, ObjectKey, ResourceEvent, Revision, StreamName } from '@shiplog/domain';
import type { DataSource } from 'typeorm';
import { subjectOf } from '../log/subject.js';
import { openEnd } from './history.entity.js';

/** A row that is not what the log says. */
export interface Difference {
  /** Of what exists (the open ranges), or of what has been. */
  readonly state: 'current' | 'history';
  readonly subject: string;
  readonly revision: Revision;
  readonly problem: 'missing' | 'not in the log' | 'another revision' | 'another content';
}

export interface Verification {
  readonly stream: StreamName;
  /** Everything up to here has been compared. */
  readonly revision: Revision;
  readonly events: number;
  readonly objects: number;
  readonly differences: readonly Difference[];
}

interface Row {
  readonly api_group: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
  readonly revision: string;
  readonly hash: string;
}

const pageSize = 5_000;
const hashOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/**
 * Compares PostgreSQL with the log, byte by byte of each object (sealed ones as they lie there: `log` must be opened without a key
 * ring). Reads the whole stream once; the cluster may go on meanwhile, if slowly: what changed while it looked is looked at again.
 */
export async function verifyProjections(
  log: Pick<EventStore, 'follow' | 'lastRevision'>,
  database: DataSource,
  stream: StreamName,
  signal: AbortSignal,
): Promise<Verification> {
  const revision = await log.lastRevision(stream, signal);
  const last = new Map<string, { readonly event: ResourceEvent; readonly hash: string }>();
  const differences: Difference[] = [];
  let events = 0;
  for await (const batch of untilRevision(log, stream, revision, signal)) {
    const hashes = batch.map(({ body }) => hashOf(body));
    batch.forEach((event, i) => last.set(subjectOf(event.key), { event, hash: hashes[i] ?? '' }));
    events += batch.length;
    differences.push(...(await missingFromHistory(database, batch, hashes)));
  }
  const rows = new Map<string, Row>();
  for (const row of await currentRows(database, stream)) rows.set(subjectOf(keyOf(stream, row)), row);
  const isNewer = (row: Row | undefined): boolean => row !== undefined && BigInt(row.revision) > revision;
  for (const [subject, { event, hash }] of last) {
    const row = rows.get(subject);
    rows.delete(subject);
    if (isNewer(row) || (event.type === 'deleted' && !row)) continue;
    const problem = problemOf(event, hash, row);
    if (problem) differences.push({ state: 'current', subject, revision: event.revision, problem });
  }
  for (const [subject, row] of rows)
    if (!isNewer(row))
      differences.push({ state: 'current', subject, revision: BigInt(row.revision), problem: 'not in the log' });
  return { stream, revision, events, objects: last.size, differences };
}

function problemOf(event: ResourceEvent, hash: string, row: Row | undefined): Difference['problem'] | undefined {
  if (event.type === 'deleted') return 'not in the log';
  if (!row) return 'missing';
  if (row.revision !== event.revision.toString()) return 'another revision';
  return row.hash === hash ? undefined : 'another content';
}

async function* untilRevision(
  log: Pick<EventStore, 'follow'>,
  stream: StreamName,
  revision: Revision,
  signal: AbortSignal,
): AsyncGenerator<readonly ResourceEvent[]> {
  if (revision === 0n) return;
  for await (const batch of log.follow(stream, 0n, signal)) {
    for (let i = 0; i < batch.length; i += pageSize)
      yield batch.slice(i, i + pageSize).filter((event) => event.revision <= revision);
    if ((batch.at(-1)?.revision ?? 0n) >= revision) return;
  }
}

const keyOf = (stream: StreamName, { api_group: group, plural, namespace, name }: Row): ObjectKey => ({
  stream,
  group,
  plural,
  namespace,
  name,
});

const currentRows = (database: DataSource, stream: StreamName): Promise<Row[]> =>
  database.query<Row[]>(
    `SELECT range.api_group, range.plural, range.namespace, range.name, revision, encode(sha256(body), 'hex') AS hash
     FROM history_range AS range LEFT JOIN history USING (stream, revision)
     WHERE range.stream = $1 AND next_revision = ${openEnd}`,
    [stream],
  );

async function missingFromHistory(
  database: DataSource,
  events: readonly ResourceEvent[],
  hashes: readonly string[],
): Promise<Difference[]> {
  const stream = events[0]?.key.stream;
  if (!stream) return [];
  const rows = await database.query<{ revision: string; hash: string }[]>(
    `SELECT revision, encode(sha256(body), 'hex') AS hash FROM history WHERE stream = $1 AND revision = ANY($2::bigint[])`,
    [stream, events.map(({ revision }) => revision.toString())],
  );
  const stored = new Map(rows.map(({ revision, hash }) => [revision, hash]));
  return events.flatMap(({ key, revision }, i): Difference[] => {
    const hash = stored.get(revision.toString());
    if (hash === hashes[i]) return [];
    const problem = hash === undefined ? 'missing' : 'another content';
    return [{ state: 'history', subject: subjectOf(key), revision, problem }];
  });
}
