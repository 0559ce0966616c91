import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events never change, so their table does not either: the ranges of revisions in which they were current, which end one by one, have a table of
 * their own. Ending a range wrote a new row of the event before, with an entry in each of its indexes (ADR 0113).
 */
export class RangesHaveATable1795392000000 implements MigrationInterface {
  readonly name = 'RangesHaveATable1795392000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE history_range (
        stream text COLLATE "C" NOT NULL,
        revision bigint NOT NULL,
        next_revision bigint NOT NULL,
        api_group text COLLATE "C" NOT NULL,
        plural text COLLATE "C" NOT NULL,
        namespace text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        CHECK (revision < next_revision)
      )`);
    await runner.query(`
      INSERT INTO history_range (stream, revision, next_revision, api_group, plural, namespace, name)
      SELECT stream, revision, next_revision, api_group, plural, namespace, name FROM history
      WHERE revision < next_revision ORDER BY stream, revision`);
    await runner.query(`DROP INDEX history_at`);
    await runner.query(`DROP INDEX history_open`);
    await runner.query(`ALTER TABLE history DROP COLUMN next_revision`);
    await runner.query(`
      CREATE UNIQUE INDEX history_range_open ON history_range (api_group, plural, namespace, name)
      WHERE next_revision = 9223372036854775807`);
    await runner.query(`
      CREATE INDEX history_range_at ON history_range
        (api_group, plural, history_node(revision, next_revision), namespace, revision, next_revision)`);
    // What is written once needs no room for new versions beside it. A row stays whole while two of them fit into a page.
    await runner.query(`ALTER TABLE history SET (toast_tuple_target = 4080, fillfactor = 100)`);
    await runner.query(`ANALYZE history_range`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE history SET (toast_tuple_target = 256, fillfactor = 90)`);
    await runner.query(`ALTER TABLE history ADD COLUMN next_revision bigint`);
    // A deletion has no range: it is current at no revision.
    await runner.query(`
      UPDATE history SET next_revision = coalesce(
        (SELECT next_revision FROM history_range AS range
         WHERE range.stream = history.stream AND range.revision = history.revision
           AND range.api_group = history.api_group AND range.plural = history.plural),
        revision)`);
    await runner.query(`ALTER TABLE history ALTER COLUMN next_revision SET NOT NULL`);
    await runner.query(`ALTER TABLE history ADD CONSTRAINT history_check CHECK (revision <= next_revision)`);
    await runner.query(`
      CREATE UNIQUE INDEX history_open ON history (api_group, plural, namespace, name)
      WHERE next_revision = 9223372036854775807`);
    await runner.query(`
      CREATE INDEX history_at ON history
        (api_group, plural, history_node(revision, next_revision), namespace, revision, next_revision)
      WHERE revision < next_revision`);
    await runner.query(`DROP TABLE history_range`);
    await runner.query(`ANALYZE history`);
  }
}
