import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventContext, EventType, StreamName } from '@shiplog/domain';

/** The streams that have a history; heartbeats are not worth keeping. */
export const archivedStreams: readonly StreamName[] = ['RESOURCES', 'EVENTS'];

/** The end of a range that is still open: no revision is that large. */
export const openEnd = 9_223_372_036_854_775_807n;

/** Texts that name things compare by code point, as the API orders its lists. */
const token = { type: 'text', collation: 'C' } as const;

/**
 * Every event that ever was. Rows are added and never changed. Beside it lies `history_range`: the half-open range of revisions [revision, next_revision) in
 * which an event was current. The open ranges are what exists now; a deletion is current at no revision and has none. That table is the migration's alone: it
 * has no primary key, because nobody asks for the range of an event and each index costs every change, and TypeORM cannot say so.
 */
@Entity('history')
@Index('history_of_object', ['apiGroup', 'plural', 'namespace', 'name', 'revision'])
@Index('history_by_correlation', ['correlationId'])
@Index('history_by_cause', ['causationId'], { where: 'causation_id IS NOT NULL' })
@Index('history_by_time', ['stream', 'time'])
export class HistoryRow {
  @PrimaryColumn(token)
  stream!: StreamName;

  @PrimaryColumn({ type: 'bigint' })
  revision!: string;

  @Column({ ...token, name: 'api_group' })
  apiGroup!: string;

  @Column(token)
  plural!: string;

  @Column(token)
  namespace!: string;

  @Column(token)
  name!: string;

  @Column({ type: 'timestamptz' })
  time!: Date;

  @Column({ type: 'text', name: 'correlation_id' })
  correlationId!: string;

  /** `<stream>/<revision>` of the event that made its writer act. */
  @Column({ type: 'text', name: 'causation_id', nullable: true })
  causationId!: string | null;

  @Column({ type: 'text' })
  type!: EventType;

  @Column({ type: 'jsonb' })
  context!: EventContext;

  /** The key of the ring that seals the body. */
  @Column({ type: 'text', name: 'sealed_with', nullable: true })
  sealedWith!: string | null;

  @Column({ type: 'bytea' })
  body!: Buffer;
}

/** Up to which revision of a stream a projection has taken in everything; written in the transaction of its rows. */
@Entity('checkpoint')
export class CheckpointRow {
  @PrimaryColumn({ type: 'text' })
  projection!: string;

  @PrimaryColumn({ type: 'text' })
  stream!: StreamName;

  @Column({ type: 'bigint' })
  revision!: string;

  /** Which log it was: one that was made anew counts from 1 again, and its revisions mean something else. */
  @Column({ type: 'text' })
  log!: string;
}
