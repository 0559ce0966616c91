import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable, type ObjectKey, type ResourceEvent, type Revision, type StreamName } from '@shiplog/domain';
import { escapeLiteral } from 'pg';
import type { DataSource } from 'typeorm';
import type { Sealer } from '../sealing/sealer.js';
import { copyEvents } from './copy-events.js';
import { openEnd } from './history.entity.js';
import { nodesPassed } from './range-nodes.js';
import { eventOfRow, storedColumns, storedColumnsOf, type StoredRow } from './stored-row.js';

/** A kind as the log knows it. */
export type StoredKind = Pick<ObjectKey, 'stream' | 'group' | 'plural'>;

/** Tells one log from another: in one that was made anew, revisions mean something else. */
export type LogIdentity = (stream: StreamName) => Promise<string>;

/** Which objects of a kind are asked for; without anything all. */
export interface PartOfKind {
  readonly namespace?: string | undefined;
}

/** The first objects of a part that lie behind a place in its order. */
export interface PageOfKind extends PartOfKind {
  /** Only those behind this `<namespace>/<name>`. */
  readonly after: string;
  readonly limit: number;
}

export interface PageOfPast {
  readonly events: readonly ResourceEvent[];
  /** How many of the part lie behind the page. */
  readonly remaining: number;
}

export interface VersionsRange {
  /** Versions older than this one; without it from the newest on. */
  readonly before?: Revision;
  readonly limit: number;
  /** Leave out changes of status only. */
  readonly withoutStatus?: boolean;
}

const pageSize = 1_000;
const pollMs = 25;

/** Reads the past from PostgreSQL. What the projector has not taken in yet is not there: ask `reach` first. */
export class HistoryReader {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
    /** The log that the history must belong to. Without it any will do. */
    private readonly logIdentity?: LogIdentity,
  ) {}

  /** How far the history of a stream is complete; not at all, if it is that of another log. */
  async position(stream: StreamName): Promise<Revision> {
    const [row] = await this.database.query<{ revision: string }[]>(
      `SELECT revision FROM checkpoint WHERE projection = 'history' AND stream = $1 AND ($2::text IS NULL OR log = $2)`,
      [stream, (await this.logIdentity?.(stream)) ?? null],
    );
    return BigInt(row?.revision ?? 0);
  }

  /** Waits until the history is complete up to this revision. @throws StatusError ServiceUnavailable if that takes too long. */
  async reach(stream: StreamName, revision: Revision, patienceMs = 3_000, signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const position = await this.position(stream);
      if (position >= revision) return;
      if (Date.now() >= deadline)
        throw unavailable(
          `the history of ${stream} ends at ${position}; revision ${revision} has not arrived there yet`,
        );
      await sleep(pollMs, undefined, { signal });
    }
  }

  /** The last revision that was written at or before a time; 0 before the first. */
  async revisionAt(stream: StreamName, time: Date): Promise<Revision> {
    const [row] = await this.database.query<{ revision: string }[]>(
      `SELECT revision FROM history WHERE stream = $1 AND time <= $2 ORDER BY time DESC, revision DESC LIMIT 1`,
      [stream, time],
    );
    return BigInt(row?.revision ?? 0);
  }

  /** When a revision was written, or the last one before it; undefined before the first. */
  async timeOf(stream: StreamName, revision: Revision): Promise<Date | undefined> {
    const [row] = await this.database.query<{ time: Date }[]>(
      `SELECT time FROM history WHERE stream = $1 AND revision <= $2 ORDER BY revision DESC LIMIT 1`,
      [stream, revision.toString()],
    );
    return row?.time;
  }

  /** The object as it was at a revision; undefined if there was none. */
  async objectAt(
    { group, plural, namespace, name }: ObjectKey,
    revision: Revision,
  ): Promise<ResourceEvent | undefined> {
    const [event] = await this.events(
      `SELECT ${storedColumns} FROM history
       WHERE api_group = $1 AND plural = $2 AND namespace = $3 AND name = $4 AND revision <= $5
       ORDER BY revision DESC LIMIT 1`,
      [group, plural, namespace, name, revision.toString()],
    );
    return event?.type === 'deleted' ? undefined : event;
  }

  /** The objects of a kind, or of a part of it, as they were at a revision, in the order of `<namespace>/<name>`. */
  async objectsAt(kind: StoredKind, revision: Revision, part: PartOfKind = {}): Promise<ResourceEvent[]> {
    const current = currentAt(kind, revision, part, literal);
    const runner = this.database.createQueryRunner();
    try {
      const sql = `SELECT ${storedColumns} FROM (${current('stream, revision')}) AS current JOIN history USING (stream, revision)
        ORDER BY ${orderKey}`;
      const found: ResourceEvent[] = [];
      for await (const events of copyEvents(runner, sql, this.sealer)) found.push(...events);
      return found;
    } finally {
      await runner.release();
    }
  }

  /** A page of the same. What is not in it costs its place in the order and is counted, and its body is not read. */
  async pageAt(kind: StoredKind, revision: Revision, { after, limit, ...part }: PageOfKind): Promise<PageOfPast> {
    const parameters: unknown[] = [];
    const parameter = (value: Value): string =>
      `$${parameters.push(typeof value === 'object' ? value.map(String) : value)}`;
    const current = currentAt(kind, revision, part, parameter);
    const rows = await this.database.query<(StoredRow & { found: string })[]>(
      `WITH page AS (
         SELECT stream, revision, count(*) OVER () AS found
         FROM (${current('stream, revision, namespace, name')}) AS current
         WHERE ${orderKey} > ${parameter(after)} ORDER BY ${orderKey} LIMIT ${parameter(limit)}
       )
       SELECT ${storedColumns}, found FROM page JOIN history USING (stream, revision) ORDER BY ${orderKey}`,
      parameters,
    );
    return {
      events: rows.map((row) => eventOfRow(row, this.sealer)),
      remaining: Number(rows[0]?.found ?? 0) - rows.length,
    };
  }

  /** What happened to an object, newest first. */
  versionsOf(
    { group, plural, namespace, name }: ObjectKey,
    { before, limit, withoutStatus }: VersionsRange,
  ): Promise<ResourceEvent[]> {
    return this.events(
      `SELECT ${storedColumns} FROM history
       WHERE api_group = $1 AND plural = $2 AND namespace = $3 AND name = $4 AND revision < $5
         AND (NOT $7::boolean OR type <> 'updated' OR context->>'change' <> 'status')
       ORDER BY revision DESC LIMIT $6`,
      [group, plural, namespace, name, (before ?? openEnd).toString(), limit, withoutStatus ?? false],
    );
  }

  async event(stream: StreamName, revision: Revision): Promise<ResourceEvent | undefined> {
    const [event] = await this.events(`SELECT ${storedColumns} FROM history WHERE stream = $1 AND revision = $2`, [
      stream,
      revision.toString(),
    ]);
    return event;
  }

  /** All that followed from one outermost request, oldest first. */
  byCorrelation(correlationId: string, limit: number): Promise<ResourceEvent[]> {
    return this.events(
      `SELECT ${storedColumns} FROM history WHERE correlation_id = $1 ORDER BY time, revision LIMIT $2`,
      [correlationId, limit],
    );
  }

  /** The chain of events that led to this one, the first cause first and the event itself last. */
  async causesOf(stream: StreamName, revision: Revision): Promise<ResourceEvent[]> {
    return this.events(
      `WITH RECURSIVE chain AS (
         SELECT history.*, 0 AS depth FROM history WHERE stream = $1 AND revision = $2
         UNION ALL
         SELECT cause.*, chain.depth + 1 FROM chain JOIN history AS cause
           ON cause.stream = split_part(chain.causation_id, '/', 1)
          AND cause.revision = substring(chain.causation_id FROM '/([0-9]{1,18})$')::bigint
         WHERE chain.depth < 100
       )
       SELECT ${storedColumnsOf('chain')} FROM chain ORDER BY depth DESC`,
      [stream, revision.toString()],
    );
  }

  /** Every event of one kind (or of a whole stream) in (after, upTo], in order, in pages. */
  async *eventsBetween(
    of: StoredKind | { readonly stream: StreamName },
    after: Revision,
    upTo: Revision,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly ResourceEvent[]> {
    const kind = 'plural' in of ? of : undefined;
    for (let at = after; at < upTo;) {
      signal?.throwIfAborted();
      const events = await this.events(
        `SELECT ${storedColumns} FROM history
         WHERE stream = $1 AND revision > $2 AND revision <= $3
           AND ($4::text IS NULL OR (api_group = $4 AND plural = $5))
         ORDER BY revision LIMIT ${pageSize}`,
        [of.stream, at.toString(), upTo.toString(), kind?.group ?? null, kind?.plural ?? null],
      );
      if (events.length > 0) yield events;
      if (events.length < pageSize) return;
      at = events.at(-1)?.revision ?? upTo;
    }
  }

  private async events(sql: string, parameters: unknown[]): Promise<ResourceEvent[]> {
    const rows = await this.database.query<StoredRow[]>(sql, parameters);
    return rows.map((row) => eventOfRow(row, this.sealer));
  }
}

const orderKey = `(namespace || '/' || name) COLLATE "C"`;

type Value = string | number | Revision | readonly Revision[];

/** A value in the text of a statement, where it can be no parameter. */
const literal = (value: Value): string =>
  typeof value === 'object' ? `'{${value.join()}}'` : typeof value === 'string' ? escapeLiteral(value) : String(value);

/** What was current at a revision, as SQL over the interval tree, for some columns of it; `sqlOf` puts a value into the statement. */
function currentAt(
  { group, plural }: StoredKind,
  revision: Revision,
  { namespace }: PartOfKind,
  sqlOf: (value: Value) => string,
) {
  const { before, behind } = nodesPassed(revision);
  const kept = `api_group = ${sqlOf(group)} AND plural = ${sqlOf(plural)}
    ${namespace === undefined ? '' : `AND namespace = ${sqlOf(namespace)}`} AND history_node(revision, next_revision)`;
  const [nodesBefore, nodesBehind, at] = [sqlOf(before), sqlOf(behind), sqlOf(revision)];
  return (columns: string): string =>
    `SELECT ${columns} FROM history_range WHERE ${kept} = ANY(${nodesBefore}::bigint[]) AND next_revision > ${at}
     UNION ALL
     SELECT ${columns} FROM history_range WHERE ${kept} = ANY(${nodesBehind}::bigint[]) AND revision <= ${at}`;
}
