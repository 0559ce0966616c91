import type { Revision, StreamName } from '@shiplog/domain';
import { CheckpointRow } from '@shiplog/event-store';
import type { EntityManager } from 'typeorm';

/** The rows belong to a log that is not the one we are connected to. */
export class AnotherLog extends Error {
  constructor(stream: StreamName, known: string, found: string) {
    super(
      `PostgreSQL holds the history of the ${stream} that was made at ${known}, NATS has one made at ${found}: ` +
        'bring back the log that belongs to it, or start with an empty database',
    );
    this.name = 'AnotherLog';
  }
}

/** Where projections stand in one stream of one log. All of it belongs into the transaction of the rows. */
export class Checkpoints {
  constructor(
    private readonly stream: StreamName,
    private readonly log: string,
  ) {}

  /** The revision of each projection, 0 for a new one; nobody else moves them until the transaction is over. @throws AnotherLog */
  async lock(manager: EntityManager, projections: readonly string[]): Promise<Map<string, Revision>> {
    const { stream, log } = this;
    await manager
      .createQueryBuilder()
      .insert()
      .into(CheckpointRow)
      .values(projections.map((projection) => ({ projection, stream, revision: '0', log })))
      .orIgnore()
      .execute();
    const rows = await manager
      .createQueryBuilder(CheckpointRow, 'checkpoint')
      .setLock('pessimistic_write')
      .where('checkpoint.stream = :stream AND checkpoint.projection IN (:...projections)', { stream, projections })
      .orderBy('checkpoint.projection')
      .getMany();
    for (const row of rows) if (row.log !== log) throw new AnotherLog(stream, row.log, log);
    return new Map(rows.map(({ projection, revision }) => [projection, BigInt(revision)]));
  }

  async move(manager: EntityManager, projection: string, revision: Revision): Promise<void> {
    await manager.update(CheckpointRow, { projection, stream: this.stream }, { revision: revision.toString() });
  }
}
