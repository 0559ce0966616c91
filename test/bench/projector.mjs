// How fast the projector catches up, and how long reads of the past take: node test/bench/projector.mjs [events] [objects]
// Starts a nats-server and a PostgreSQL of its own.
import { connectEventStore, database, HistoryReader, migrate, Sealer, verifyProjections } from '@shiplog/event-store';
import { configMapKey, newEvent, startNats, startPostgres } from '@shiplog/testing';
import { Projector } from '../../apps/projector/dist/projecting/projector.js';
import { projections } from '../../apps/projector/dist/projections.js';
import { cpuOfProgram } from './process-usage.mjs';

/** Of the PostgreSQL that this process started: its server and all its backends. */
const postgresCpu = () => cpuOfProgram(process.pid, 'postgres');

const events = Number(process.argv[2] ?? 50_000);
const objects = Number(process.argv[3] ?? 5_000);
// As hard to compress as a Pod's JSON is.
const padding = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`field-${i * 7919}`, `value ${i * 104_729}`]));
const [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
const log = await connectEventStore({ natsUrl: nats.url, name: 'bench', streams: {} });
const db = await database({ url: postgres.url, name: 'bench' }).initialize();
await migrate(db);

const rounds = Math.ceil(events / objects);
await Promise.all(
  Array.from({ length: objects }, async (_, i) => {
    const key = configMapKey(`object-${i}`);
    for (let round = 0, revision = 0n; round < rounds; round++)
      revision = await log.append(
        newEvent(key, round === 0 ? 'created' : 'updated', { ...padding, round: String(round) }),
        revision,
      );
  }),
);
const last = await log.lastRevision('RESOURCES');
const reader = new HistoryReader(db, new Sealer(undefined));
const timed = async (what, work) => {
  const started = performance.now();
  const result = await work();
  const ms = performance.now() - started;
  console.log(`${what.padEnd(52)} ${ms.toFixed(1).padStart(9)} ms${result === undefined ? '' : `  ${result}`}`);
  return ms;
};

const stop = new AbortController();
const running = new Projector(log, db, projections, (_stream, error) => console.error(error)).run(stop.signal);
const before = { own: process.cpuUsage(), postgres: postgresCpu() };
const ms = await timed(`project ${last} events of ${objects} objects`, () => reader.reach('RESOURCES', last, 600_000));
const own = process.cpuUsage(before.own);
const cpu = { projector: (own.user + own.system) / 1000, postgres: postgresCpu() - before.postgres };
console.log(`${Math.round((Number(last) / ms) * 1000)} events/s`);
for (const [who, spent] of Object.entries(cpu))
  console.log(`CPU of ${who}: ${(spent / Number(last)).toFixed(3)} ms an event`);
await db.query('ANALYZE');
const kind = { stream: 'RESOURCES', group: '', plural: 'configmaps' };
for (const part of [0.99, 0.5, 0.01]) {
  const revision = BigInt(Math.ceil(Number(last) * part));
  await timed(
    `list the kind as of ${part * 100} % of the log`,
    async () => `${(await reader.objectsAt(kind, revision)).length} objects`,
  );
}
await timed(
  'one object as of the middle',
  async () => void (await reader.objectAt(configMapKey('object-17'), last / 2n)),
);
await timed(
  'history of one object',
  async () => `${(await reader.versionsOf(configMapKey('object-17'), { limit: 100 })).length} versions`,
);
await timed(
  'verify',
  async () => `${(await verifyProjections(log, db, 'RESOURCES', stop.signal)).differences.length} differences`,
);
stop.abort();
await running;
await Promise.all([log.close(), db.destroy()]);
await Promise.all([nats.stop(), postgres.stop()]);
