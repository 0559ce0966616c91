import type { ObjectKey, ResourceEvent, Revision } from '@shiplog/domain';
import { connectEventStore, database, HistoryReader, Sealer, type JetStreamEventStore } from '@shiplog/event-store';
import {
  configMapKey,
  newEvent,
  startNats,
  startPostgres,
  takeEvents,
  type RunningNats,
  type RunningPostgres,
} from '@shiplog/testing';
import type { DataSource } from 'typeorm';
import { Projector } from '../projecting/projector.js';
import { projections } from '../projections.js';
import { Compactor } from './compactor.js';

jest.setTimeout(60_000);

let nats: RunningNats;
let postgres: RunningPostgres;
let log: JetStreamEventStore;
let db: DataSource;
let reader: HistoryReader;
let running: Promise<void>;
let stop: AbortController;
const long = new Date('2031-01-01');
beforeEach(async () => {
  stop = new AbortController();
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  log = await connectEventStore({ natsUrl: nats.url, name: 'test', streams: {} });
  db = await database({ url: postgres.url, name: 'test' }).initialize();
  await db.runMigrations();
  reader = new HistoryReader(db, new Sealer(undefined));
  running = new Projector(log, db, projections, () => undefined).run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await running;
  await log.close();
  await db.destroy();
  await Promise.all([nats.stop(), postgres.stop()]);
});

const compactor = (): Compactor =>
  new Compactor(
    log,
    db,
    { windowMs: 1, intervalMs: 1 },
    () => undefined,
    (error) => {
      throw error;
    },
  );
const at = (time: string) => ({ time });

async function life(
  key: ObjectKey,
  steps: readonly ('created' | 'updated' | 'deleted')[],
  time = '2030-01-01T00:00:00Z',
): Promise<Revision> {
  let revision = (await log.last(key))?.revision ?? 0n;
  for (const type of steps) revision = await log.append(newEvent(key, type, {}, at(time)), revision);
  return revision;
}

const stored = async (): Promise<string[]> => {
  const { state } = await log.manager.streams.info('RESOURCES');
  const events: ResourceEvent[] = await takeEvents(log, 'RESOURCES', 0n, state.messages);
  return events.map(({ key, revision, type }) => `${revision} ${key.name} ${type}`);
};

it('drops what is archived and superseded, the dead whole, and keeps the last event of the living', async () => {
  await life(configMapKey('alive'), ['created', 'updated', 'updated']);
  await life(configMapKey('dead'), ['created', 'deleted']);
  await life(configMapKey('reborn'), ['created', 'deleted', 'created']);
  const once = await life(configMapKey('once'), ['created']);
  const last = await life(configMapKey('end'), ['created']);
  await reader.reach('RESOURCES', last);
  const compaction = await compactor().compact('RESOURCES', long, stop.signal);
  expect(compaction).toEqual({ upTo: once, objects: 4, dropped: 6 });
  expect(await stored()).toEqual(['3 alive updated', '8 reborn created', '9 once created', '10 end created']);
  expect(await db.query('SELECT count(*)::int AS n FROM history')).toEqual([{ n: 10 }]);

  const next = await life(configMapKey('alive'), ['updated', 'deleted']);
  await reader.reach('RESOURCES', next);
  await compactor().compact('RESOURCES', long, stop.signal);
  // The tombstone is the last event that there is: it stays, and what it supersedes, until another follows.
  expect(await stored()).toEqual([
    '8 reborn created',
    '9 once created',
    '10 end created',
    '11 alive updated',
    '12 alive deleted',
  ]);
  const after = await life(configMapKey('end'), ['updated']);
  await reader.reach('RESOURCES', after);
  await compactor().compact('RESOURCES', long, stop.signal);
  expect(await stored()).toEqual(['8 reborn created', '9 once created', '10 end created', '13 end updated']);
  expect(await log.lastRevision('RESOURCES')).toBe(after);
  expect(await life(configMapKey('dead'), ['created'])).toBe(after + 1n);
});

it('leaves alone what is younger than the window', async () => {
  const key = configMapKey('a');
  await life(key, ['created', 'updated']);
  const last = await life(key, ['updated', 'updated'], '2032-01-01T00:00:00Z');
  await reader.reach('RESOURCES', last);
  await compactor().compact('RESOURCES', long, stop.signal);
  expect(await stored()).toEqual(['2 a updated', '3 a updated', '4 a updated']);
});

it('lets nobody follow from where the log is no longer complete, except from its beginning', async () => {
  await life(configMapKey('a'), ['created', 'updated', 'deleted']);
  const last = await life(configMapKey('c'), ['created']);
  await reader.reach('RESOURCES', last);
  await compactor().compact('RESOURCES', long, stop.signal);
  await expect(takeEvents(log, 'RESOURCES', 1n, 1)).rejects.toMatchObject({ reason: 'Gone' });
  const next = await life(configMapKey('b'), ['created']);
  const seen = (after: Revision, count: number): Promise<Revision[]> =>
    takeEvents(log, 'RESOURCES', after, count).then((events) => events.map(({ revision }) => revision));
  expect(await seen(0n, 2)).toEqual([last, next]);
  expect(await seen(last, 1)).toEqual([next]);
});

it('drops nothing that the projections have not taken in', async () => {
  const last = await life(configMapKey('a'), ['created', 'updated']);
  await reader.reach('RESOURCES', last);
  await db.query(`UPDATE checkpoint SET revision = 1 WHERE projection = 'history'`);
  expect((await compactor().compact('RESOURCES', long, stop.signal)).upTo).toBe(1n);
  expect(await stored()).toEqual(['1 a created', '2 a updated']);
});
