import type { EventType, ResourceEvent, StreamName } from '@shiplog/domain';
import { CheckpointRow, database, MemoryEventStore, openEnd } from '@shiplog/event-store';
import { configMapKey, newEvent, startPostgres, type RunningPostgres } from '@shiplog/testing';
import type { DataSource } from 'typeorm';
import { AnotherLog, Checkpoints } from './projecting/checkpoints.js';
import { Projector } from './projecting/projector.js';
import { rebuild } from './projecting/rebuild.js';
import { projections } from './projections.js';

jest.setTimeout(60_000);

let postgres: RunningPostgres;
let db: DataSource;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await database({ url: postgres.url, name: 'test' }).initialize();
  await db.runMigrations();
});
afterAll(async () => {
  await db.destroy();
  await postgres.stop();
});
const empty = () => db.query('TRUNCATE history, history_range, checkpoint');
beforeEach(empty);

/** A life of some objects: created, changed, deleted, created again. */
function lives(stream: StreamName): ResourceEvent[] {
  const steps: [string, EventType][] = [
    ['a', 'created'],
    ['b', 'created'],
    ['a', 'updated'],
    ['a', 'deleted'],
    ['c', 'created'],
    ['a', 'created'],
    ['b', 'deleted'],
    ['a', 'updated'],
  ];
  return steps.map(([name, type], i) => ({
    ...newEvent(configMapKey(name, stream), type, { step: String(i) }, { id: `${stream}-${i}`, correlationId: 'c' }),
    revision: BigInt(i + 1),
  }));
}

const projector = (): Projector => new Projector(new Log(), db, projections, () => undefined);
class Log extends MemoryEventStore {
  identity = (): Promise<string> => Promise.resolve('log-1');
}
const rowsOf = async (): Promise<unknown> => ({
  history: await db.query('SELECT * FROM history ORDER BY stream, revision'),
  ranges: await db.query('SELECT * FROM history_range ORDER BY stream, revision'),
  checkpoint: await db.query('SELECT * FROM checkpoint ORDER BY projection, stream'),
});

/** The events in sets of these sizes; a size may reach back over what was delivered before. */
async function deliver(stream: StreamName, sets: readonly (readonly ResourceEvent[])[]): Promise<unknown> {
  const checkpoints = new Checkpoints(stream, 'log-1');
  for (const set of sets) await projector().takeIn(stream, checkpoints, set);
  return rowsOf();
}

describe.each<StreamName>(['RESOURCES', 'EVENTS'])('projections of %s', (stream) => {
  const events = lives(stream);
  test.each<[string, readonly (readonly ResourceEvent[])[]]>([
    ['one by one', events.map((event) => [event])],
    ['in two sets', [events.slice(0, 3), events.slice(3)]],
    ['twice', [events, events]],
    ['with all but the last redelivered', [events.slice(0, -1), events]],
    ['overlapping', [events.slice(0, 5), events.slice(2, 7), events.slice(6)]],
  ])('come to the same when events arrive %s', async (_, sets) => {
    const expected = await deliver(stream, [events]);
    await empty();
    expect(await deliver(stream, sets)).toEqual(expected);
  });
});

describe('rows', () => {
  it('say in which revisions each version was current', async () => {
    await deliver('RESOURCES', [lives('RESOURCES')]);
    const rows = await db.query(
      `SELECT history.name, type, revision::int, CASE next_revision WHEN ${openEnd} THEN 'open' ELSE next_revision::text END AS next
       FROM history LEFT JOIN history_range USING (stream, revision) ORDER BY revision`,
    );
    expect(rows).toEqual([
      { name: 'a', type: 'created', revision: 1, next: '3' },
      { name: 'b', type: 'created', revision: 2, next: '7' },
      { name: 'a', type: 'updated', revision: 3, next: '4' },
      { name: 'a', type: 'deleted', revision: 4, next: null },
      { name: 'c', type: 'created', revision: 5, next: 'open' },
      { name: 'a', type: 'created', revision: 6, next: '8' },
      { name: 'b', type: 'deleted', revision: 7, next: null },
      { name: 'a', type: 'updated', revision: 8, next: 'open' },
    ]);
  });

  it('hold what was written, byte for byte', async () => {
    const [event] = lives('RESOURCES');
    const whole = { ...event!, sealedWith: 'k1', context: { ...event!.context, causationId: 'RESOURCES/7' } };
    await deliver('RESOURCES', [[whole, ...lives('RESOURCES').slice(1)]]);
    const [row] = await db.query('SELECT * FROM history WHERE revision = 1');
    const { key, context, body } = whole;
    expect(row).toEqual({
      ...{ stream: key.stream, api_group: key.group, plural: key.plural, namespace: key.namespace, name: key.name },
      ...{ revision: '1', type: 'created', time: new Date(context.time) },
      ...{ correlation_id: context.correlationId, causation_id: 'RESOURCES/7', context, sealed_with: 'k1' },
      body: Buffer.from(body),
    });
  });

  it('of a kind whose events are not worth keeping are not made', async () => {
    expect(projections.flatMap(({ streams }) => streams)).not.toContain('LEASES');
  });

  it('come with their checkpoint or not at all', async () => {
    const [first, second] = lives('RESOURCES');
    const broken = { ...second!, context: { ...second!.context, time: 'no time' } };
    await expect(deliver('RESOURCES', [[first!], [broken]])).rejects.toThrow();
    expect(await db.query('SELECT revision::int FROM history')).toEqual([{ revision: 1 }]);
    expect((await db.getRepository(CheckpointRow).find()).map(({ revision }) => revision)).toEqual(['1']);
  });

  it('of one log are not mixed with those of another', async () => {
    await deliver('RESOURCES', [lives('RESOURCES')]);
    const other = new Checkpoints('RESOURCES', 'log-2');
    await expect(projector().takeIn('RESOURCES', other, lives('RESOURCES'))).rejects.toBeInstanceOf(AnotherLog);
  });

  it('survive text that jsonb does not take', async () => {
    const [event] = lives('RESOURCES');
    const odd = { ...event!, context: { ...event!.context, userAgent: 'a\0b\ud800', fieldManager: 'grüß' } };
    await deliver('RESOURCES', [[odd]]);
    expect(await db.query(`SELECT context->>'fieldManager' AS f FROM history`)).toEqual([{ f: 'grüß' }]);
  });
});

describe('rebuild', () => {
  test.each(projections.map((projection) => [projection.name, projection] as const))(
    '%s comes to the same rows',
    async (_, projection) => {
      const expected = await deliver('RESOURCES', [lives('RESOURCES')]);
      await rebuild(db, projection, () => Promise.resolve(0n));
      expect(await rowsOf()).not.toEqual(expected);
      expect(await deliver('RESOURCES', [lives('RESOURCES')])).toEqual(expected);
    },
  );

  it('is refused where the rows are the only copy', async () => {
    const archive = projections.find(({ name }) => name === 'history')!;
    await expect(rebuild(db, archive, () => Promise.resolve(5n))).rejects.toThrow('the only copy');
  });
});

it('the entities say what the migrations made', async () => {
  const { upQueries } = await db.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});
