import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { EventContext, EventType, StreamName } from '@shiplog/domain';

/** The streams that have a history; heartbeats are not worth keeping. */
export const archivedStreams: readonly StreamName[] = ['RESOURCES', 'EVENTS'];

/** The end of a range that is still open: no revision is that large. */
export const openEnd = 9_223_372_036_854_775_807n;

/** Texts that name things compare by code point, as the API orders its lists. */
const token = { type: 'text', collation: 'C' } as const;

/** Every event that ever was. Rows are added and never changed. */
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

/**
 * The half-open range of revisions [revision, nextRevision) in which an event was current. The open ranges are what exists now. A deletion is
 * current at no revision and has none. The table has no primary key, which TypeORM cannot say: nobody asks for the range of an event, and each index
 * costs every change.
 */
@Entity('history_range', { synchronize: false })
@Index('history_range_open', ['apiGroup', 'plural', 'namespace', 'name'], {
  unique: true,
  where: 'next_revision = 9223372036854775807',
})
// By the node of its range (range-nodes.ts), which is an expression: the migration makes it.
@Index('history_range_at', { synchronize: false })
@Check('history_range_check', 'revision < next_revision')
export class RangeRow {
  @PrimaryColumn(token)
  stream!: StreamName;

  @PrimaryColumn({ type: 'bigint' })
  revision!: string;

  @Column({ type: 'bigint', name: 'next_revision' })
  nextRevision!: string;

  @Column({ ...token, name: 'api_group' })
  apiGroup!: string;

  @Column(token)
  plural!: string;

  @Column(token)
  namespace!: string;

  @Column(token)
  name!: string;
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
