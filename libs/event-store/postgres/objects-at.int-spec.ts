import type { EventType, ResourceEvent } from '@shiplog/domain';
import { configMapKey, newEvent, startPostgres, type RunningPostgres } from '@shiplog/testing';
import type { DataSource } from 'typeorm';
import { Checkpoints } from '../../../apps/projector/projecting/checkpoints.js';
import { Projector } from '../../../apps/projector/projecting/projector.js';
import { projections } from '../../../apps/projector/projections.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import { Sealer } from '../sealing/sealer.js';
import { migrate } from './connect-database.js';
import { database } from './database.js';
import { HistoryReader, type PartOfKind } from './history-reader.js';

jest.setTimeout(60_000);

class Log extends MemoryEventStore {
  identity = (): Promise<string> => Promise.resolve('log-1');
}
let postgres: RunningPostgres;
let db: DataSource;
beforeAll(async () => {
  postgres = await startPostgres();
  db = await database({ url: postgres.url, name: 'test' }).initialize();
  await migrate(db);
});
afterAll(async () => {
  await db.destroy();
  await postgres.stop();
});

// In the order of whole keys a-b comes before a.
const namespaces = ['', 'a', 'a-b'];
/** Objects that come, change and go, by a sequence that looks random and is the same each time. */
function lives(count: number): ResourceEvent[] {
  const living = new Set<number>();
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  return Array.from({ length: count }, (_, i) => {
    const object = random(12);
    const type: EventType = !living.has(object) ? 'created' : random(4) === 0 ? 'deleted' : 'updated';
    if (type === 'created') living.add(object);
    if (type === 'deleted') living.delete(object);
    const key = { ...configMapKey(`object-${object}`), namespace: namespaces[object % 3] ?? '' };
    return { ...newEvent(key, type, {}, { time: '2030-01-02T03:04:05.678Z' }), revision: BigInt(i + 1) };
  });
}

const events = lives(200);
const name = ({ key, revision }: ResourceEvent): string => `${key.namespace}/${key.name} ${revision}`;

/** What a fold over all events up to there says. */
function expected(revision: bigint, namespace?: string): string[] {
  const state = new Map<string, ResourceEvent>();
  for (const event of events) if (event.revision <= revision) state.set(event.key.name, event);
  return [...state.values()]
    .filter(({ type, key }) => type !== 'deleted' && (namespace === undefined || key.namespace === namespace))
    .map(name)
    .sort();
}

const kind = { stream: 'RESOURCES', group: '', plural: 'configmaps' } as const;
const reader = (): HistoryReader => new HistoryReader(db, new Sealer(undefined));
const found = async (revision: bigint, part: PartOfKind = {}): Promise<string[]> =>
  (await reader().objectsAt(kind, revision, part)).map(name);

it('the objects at any revision are those that a fold over the log says, in order', async () => {
  const projector = new Projector(new Log(), db, projections, () => undefined);
  const checkpoints = new Checkpoints('RESOURCES', 'log-1');
  for (let i = 0; i < events.length; i += 17) await projector.takeIn('RESOURCES', checkpoints, events.slice(i, i + 17));
  for (const { revision } of [...events, { revision: 1_000n }])
    for (const namespace of [undefined, 'a', 'none'])
      expect([revision, namespace, ...(await found(revision, { namespace }))]).toEqual([
        revision,
        namespace,
        ...expected(revision, namespace),
      ]);
});

it.each(["a' OR 'a' = 'a", "\\'; SELECT 1", '$1'])('%s is a name that nothing has', async (namespace) => {
  expect(await found(120n, { namespace })).toEqual([]);
});

it('faults in the middle of what is found, more than there are connections, leave the next answer whole', async () => {
  const faulty = { open: () => { throw new Error('no such key'); } } as unknown as Sealer; // prettier-ignore
  await db.query(`UPDATE history SET sealed_with = 'gone' WHERE revision = 1`);
  for (let i = 0; i < 20; i++)
    await expect(new HistoryReader(db, faulty).objectsAt(kind, 1n)).rejects.toThrow('no such key');
  await db.query(`UPDATE history SET sealed_with = NULL WHERE revision = 1`);
  expect(await found(120n)).toEqual(expected(120n));
});

it('a fault of the database is told, and leaves the next answer whole', async () => {
  for (let i = 0; i < 20; i++) await expect(found(120n, { namespace: 'a\0b' })).rejects.toThrow();
  expect(await found(120n)).toEqual(expected(120n));
});

test.each<[PartOfKind]>([[{}], [{ namespace: 'a' }], [{ namespace: 'none' }]])(
  'pages of %j are the whole, and each says how much is left of it',
  async (part) => {
    const whole = expected(120n, part.namespace);
    const keyOf = (shown: string | undefined): string => shown?.split(' ')[0] ?? '';
    const shown: string[] = [];
    let remaining: number;
    do {
      const page = await reader().pageAt(kind, 120n, { ...part, after: keyOf(shown.at(-1)), limit: 3 });
      shown.push(...page.events.map(name));
      remaining = page.remaining;
      expect(remaining).toBe(whole.length - shown.length);
    } while (remaining > 0);
    expect(shown).toEqual(whole);
  },
);

it('a history from before ranges had a table, and one from before there was the tree, is found through it', async () => {
  await db.undoLastMigration();
  await migrate(db);
  expect(await found(120n)).toEqual(expected(120n));
  await db.undoLastMigration();
  await db.undoLastMigration();
  await migrate(db);
  expect(await found(120n)).toEqual(expected(120n));
});
