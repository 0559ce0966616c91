import type { DataSource } from 'typeorm';
import { configMapKey, newEvent, startPostgres, type RunningPostgres } from '@shiplog/testing';
import { Projector } from '../../../apps/projector/projecting/projector.js';
import { projections } from '../../../apps/projector/projections.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { Sealer } from '../sealing/sealer.js';
import { migrate } from './connect-database.js';
import { openEnd } from './history.entity.js';
import { database } from './database.js';
import { HistoryReader } from './history-reader.js';
import { PostgresSnapshots } from './postgres-snapshots.js';
import { verifyProjections } from './verify-projections.js';

jest.setTimeout(60_000);

class Log extends MemoryEventStore {
  identity = (): Promise<string> => Promise.resolve('log-1');
}
const log = new Log();
const stop = new AbortController();
let postgres: RunningPostgres;
let db: DataSource;
let running: Promise<void>;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await database({ url: postgres.url, name: 'test' }).initialize();
  await migrate(db);
  running = new Projector(log, db, projections, () => undefined).run(stop.signal);
  for (const name of ['a', 'b', 'c']) {
    const key = configMapKey(name);
    const created = await log.append(newEvent(key), 0n);
    const updated = await log.append(newEvent(key, 'updated', { n: '2' }), created);
    if (name === 'c') await log.append(newEvent(key, 'deleted'), updated);
  }
  await new HistoryReader(db, new Sealer(undefined)).reach('RESOURCES', 7n);
});
afterAll(async () => {
  stop.abort();
  await running;
  await db.destroy();
  await postgres.stop();
});

const verified = () => verifyProjections(log, db, 'RESOURCES', stop.signal);

it('a snapshot holds every live object at its revision', async () => {
  const snapshot = await new PostgresSnapshots(db, new Sealer(undefined)).snapshot('RESOURCES');
  const objects = [];
  for await (const events of snapshot?.objects ?? []) objects.push(...events);
  expect(snapshot?.revision).toBe(7n);
  expect(objects.map(({ key, revision }) => [key.name, revision]).sort()).toEqual([
    ['a', 2n],
    ['b', 4n],
  ]);
  expect(objects.find(({ key }) => key.name === 'a')).toEqual({
    ...(await log.last(configMapKey('a'))),
    body: expect.anything(),
  });
});

it('the rows of another log are neither a snapshot nor history', async () => {
  const other = (): Promise<string> => Promise.resolve('log-2');
  const sealer = new Sealer(undefined);
  expect(await new PostgresSnapshots(db, sealer, () => undefined, other).snapshot('RESOURCES')).toBeUndefined();
  expect(await new HistoryReader(db, sealer, other).position('RESOURCES')).toBe(0n);
  expect(await new HistoryReader(db, sealer, log.identity).position('RESOURCES')).toBe(7n);
});

it('there is no snapshot while PostgreSQL is away', async () => {
  const unreachable = database({ url: 'postgres://127.0.0.1:1/none', name: 'test' });
  const faults: unknown[] = [];
  const snapshots = new PostgresSnapshots(unreachable, new Sealer(undefined), (error) => faults.push(error));
  expect(await snapshots.snapshot('RESOURCES')).toBeUndefined();
  expect(faults).toHaveLength(1);
});

const closeLast = `UPDATE history_range SET next_revision = revision + 1 WHERE name = 'a' AND next_revision > 100`;
const openOther = `UPDATE history_range SET next_revision = ${openEnd} WHERE name = 'a' AND revision = 1`;
describe('verification', () => {
  it('finds nothing where there is nothing', async () => {
    expect(await verified()).toEqual({ stream: 'RESOURCES', revision: 7n, events: 7, objects: 3, differences: [] });
  });

  test.each([
    [`UPDATE history SET body = 'x' WHERE name = 'a'`, 'current', 'another content'],
    [`DELETE FROM history_range WHERE name = 'a' AND next_revision > 100`, 'current', 'missing'],
    [`${closeLast}; ${openOther}`, 'current', 'another revision'],
    [`UPDATE history_range SET name = 'ghost' WHERE name = 'a'`, 'current', 'not in the log'],
    [`DELETE FROM history WHERE revision = 3`, 'history', 'missing'],
    [`UPDATE history SET body = 'x' WHERE revision = 3`, 'history', 'another content'],
  ])('finds what was done by %s', async (damage, state, problem) => {
    const runner = db.createQueryRunner();
    await runner.startTransaction();
    // The damage is seen by this one connection only, and undone.
    const damaged = {
      query: (sql: string, parameters: unknown[]) => runner.query(sql, parameters),
    } as unknown as DataSource;
    await runner.query(damage);
    const { differences } = await verifyProjections(log, damaged, 'RESOURCES', stop.signal);
    await runner.rollbackTransaction();
    await runner.release();
    expect(differences.map((found) => `${found.state}: ${found.problem}`)).toContain(`${state}: ${problem}`);
  });
});
