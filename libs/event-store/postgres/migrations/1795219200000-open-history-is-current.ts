import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Current state is the open ranges of the history: a table of its own wrote every object twice. A deletion is current at no revision, so
 * the open ranges are what exists. Bodies are stored as they are: compressing them cost the projector more than writing them.
 */
export class OpenHistoryIsCurrent1795219200000 implements MigrationInterface {
  readonly name = 'OpenHistoryIsCurrent1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE history DROP CONSTRAINT history_check`);
    await runner.query(`ALTER TABLE history ADD CONSTRAINT history_check CHECK (revision <= next_revision)`);
    await runner.query(`UPDATE history SET next_revision = revision WHERE type = 'deleted'`);
    await runner.query(`ALTER TABLE history ALTER COLUMN body SET STORAGE EXTERNAL`);
    await runner.query(`DROP TABLE current`);
    await runner.query(`DELETE FROM checkpoint WHERE projection = 'current' OR stream = 'LEASES'`);
  }

  async down(): Promise<void> {
    throw new Error(
      'an older Shiplog cannot read this history: start it with an empty database, it fills it from the log',
    );
  }
}
