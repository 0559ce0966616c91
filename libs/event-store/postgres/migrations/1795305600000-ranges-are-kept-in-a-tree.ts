import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was current at a revision is found through an interval tree (range-nodes.ts) instead of among everything that ended later, which
 * for an early revision is the whole history. The node of a range follows from its ends, so rows stay as they are.
 */
export class RangesAreKeptInATree1795305600000 implements MigrationInterface {
  readonly name = 'RangesAreKeptInATree1795305600000';

  async up(runner: QueryRunner): Promise<void> {
    // The number of the range with the most trailing zeros: its last one, cut off behind the first bit in which that differs from the first.
    await runner.query(`
      CREATE FUNCTION history_node(revision bigint, next_revision bigint) RETURNS bigint
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN revision >= next_revision - 1 THEN revision ELSE
          ((next_revision - 1) >> (63 - position('1' IN (revision # (next_revision - 1))::bit(64)::text) + 1))
                               << (63 - position('1' IN (revision # (next_revision - 1))::bit(64)::text) + 1)
        END
      $$`);
    await runner.query(`
      CREATE INDEX history_at ON history
        (api_group, plural, history_node(revision, next_revision), namespace, revision, next_revision)
      WHERE revision < next_revision`);
    await runner.query(`DROP INDEX history_current_at`);
    // The planner must know how ranges are spread over nodes.
    await runner.query(`ANALYZE history`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX history_current_at ON history (api_group, plural, next_revision, revision)`);
    await runner.query(`DROP INDEX history_at`);
    await runner.query(`DROP FUNCTION history_node`);
  }
}
