import { setTimeout as sleep } from 'node:timers/promises';
import type { Revision } from '@shiplog/domain';
import { connectEventStore, database, HistoryReader, Sealer, type JetStreamEventStore } from '@shiplog/event-store';
import {
  configMapKey,
  newEvent,
  startNats,
  startPostgres,
  type RunningNats,
  type RunningPostgres,
} from '@shiplog/testing';
import type { DataSource } from 'typeorm';
import { projections } from '../projections.js';
import { Projector } from './projector.js';

jest.setTimeout(60_000);

let nats: RunningNats;
let postgres: RunningPostgres;
let log: JetStreamEventStore;
let db: DataSource;
let reader: HistoryReader;
let running: Promise<void>;
const stop = new AbortController();
beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  log = await connectEventStore({ natsUrl: nats.url, name: 'test', streams: {}, appendTimeoutMs: 30_000, pulls: true });
  db = await database({ url: postgres.url, name: 'test' }).initialize();
  await db.runMigrations();
  reader = new HistoryReader(db, new Sealer(undefined));
  running = new Projector(log, db, projections, () => undefined).run(stop.signal);
});
afterAll(async () => {
  stop.abort();
  await running;
  await log.close();
  await db.destroy();
  await Promise.all([nats.stop(), postgres.stop()]);
});

const write = async (count: number): Promise<Revision> => {
  const key = configMapKey();
  let revision = 0n;
  for (let i = 0; i < count; i += 1)
    revision = await log.append(newEvent(key, i === 0 ? 'created' : 'updated'), revision);
  return revision;
};

/** The history is complete, without gaps, and its ranges meet. */
async function expectWhole(upTo: Revision): Promise<void> {
  await reader.reach('RESOURCES', upTo, 20_000);
  const [counted] = await db.query(
    `SELECT count(*)::int AS rows, max(revision)::int AS last FROM history WHERE revision <= ${upTo}`,
  );
  expect(counted).toEqual({ rows: Number(upTo), last: Number(upTo) });
  const broken = await db.query(
    `SELECT a.revision FROM history_range a JOIN history_range b USING (name) WHERE b.revision > a.revision AND a.next_revision > b.revision`,
  );
  expect(broken).toEqual([]);
}

describe('the projector goes on', () => {
  it('after PostgreSQL was away, which stops no write', async () => {
    await expectWhole(await write(20));
    await postgres.kill();
    const during = await write(20);
    await postgres.start();
    await expectWhole(during);
    await expectWhole(await write(20));
  });

  it('after the NATS server was killed', async () => {
    await expectWhole(await write(20));
    await nats.kill();
    await sleep(50);
    await nats.start();
    await expectWhole(await write(20));
  });
});
