import type { MigrationInterface, QueryRunner } from 'typeorm';

/** History, current state and checkpoints. Texts compare by code point, as the API orders its lists. */
export class History1767225600000 implements MigrationInterface {
  readonly name = 'History1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE history (
        stream text COLLATE "C" NOT NULL,
        revision bigint NOT NULL,
        next_revision bigint NOT NULL,
        api_group text COLLATE "C" NOT NULL,
        plural text COLLATE "C" NOT NULL,
        namespace text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        type text NOT NULL,
        time timestamptz NOT NULL,
        correlation_id text NOT NULL,
        causation_id text,
        context jsonb NOT NULL,
        sealed_with text,
        body bytea NOT NULL,
        PRIMARY KEY (stream, revision),
        CHECK (revision < next_revision)
      )`);
    // Closing a range must not copy the object: bodies live out of line, compressed where that is worth while.
    await runner.query(`ALTER TABLE history SET (toast_tuple_target = 256, fillfactor = 90)`);
    await runner.query(`CREATE INDEX history_of_object ON history (api_group, plural, namespace, name, revision)`);
    await runner.query(`CREATE INDEX history_current_at ON history (api_group, plural, next_revision, revision)`);
    await runner.query(`
      CREATE UNIQUE INDEX history_open ON history (api_group, plural, namespace, name)
      WHERE next_revision = 9223372036854775807`);
    await runner.query(`CREATE INDEX history_by_correlation ON history (correlation_id)`);
    await runner.query(`CREATE INDEX history_by_cause ON history (causation_id) WHERE causation_id IS NOT NULL`);
    await runner.query(`CREATE INDEX history_by_time ON history (stream, time)`);
    await runner.query(`
      CREATE TABLE current (
        api_group text COLLATE "C" NOT NULL,
        plural text COLLATE "C" NOT NULL,
        namespace text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        stream text COLLATE "C" NOT NULL,
        revision bigint NOT NULL,
        type text NOT NULL,
        context jsonb NOT NULL,
        sealed_with text,
        body bytea NOT NULL,
        PRIMARY KEY (api_group, plural, namespace, name)
      )`);
    await runner.query(`CREATE INDEX current_of_stream ON current (stream)`);
    await runner.query(`
      CREATE TABLE checkpoint (
        projection text NOT NULL,
        stream text NOT NULL,
        revision bigint NOT NULL,
        log text NOT NULL,
        PRIMARY KEY (projection, stream)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE history, current, checkpoint`);
  }
}
