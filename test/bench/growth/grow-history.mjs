// A long history: written by the log's own appender, read through the API.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyProjections } from '@shiplog/event-store';
import { Failure, step } from '../../../scripts/progress.mjs';
import { withArchive } from './archive.mjs';
import { quantiles } from './figures.mjs';
import { drive } from './latencies.mjs';
import { newLife, pastEvent, pastKey, pastNamespaces, stageOf } from './past-events.mjs';
import { makeNamespaces } from './pods.mjs';

const writers = 256;
const patienceMs = 600_000;
const count = (n) => n.toLocaleString('en');

/** Figures of a history of so many events: how it was written and taken in, its bytes, and what reads of it take. */
export const growHistory = (cluster, { events, objects, verify }, signal) =>
  withArchive(cluster, async ({ log, archive, reader }) => {
    await makeNamespaces(cluster.client, pastNamespaces, (i) => `past-${i}`);
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const first = await log.lastRevision('RESOURCES');
    const held = await step(`${count(events)} events of ${count(objects)} pods`, () =>
      write(log, events, objects, signal),
    );
    const written = seconds();
    const last = await log.lastRevision('RESOURCES');
    await step('  taken in by the projector', () => reader.reach('RESOURCES', last, patienceMs, signal));
    const takenIn = seconds();
    await step('  settled', async () => {
      await archive.query('VACUUM (ANALYZE) history');
      await caughtUp(cluster, signal);
    });
    const bytes = { held, ...(await stored(cluster, archive)) };
    const reads = await step('  read', () =>
      readPast(cluster, { first: Number(first), last: Number(last), objects }, signal),
    );
    const differences = verify
      ? await step(
          '  compared with the log',
          async () => (await verifyProjections(log, archive, 'RESOURCES', signal)).differences.length,
        )
      : undefined;
    return { events, objects, seconds: { written, takenIn }, bytes, reads, ...(verify ? { differences } : {}) };
  });

/** Appends as many events, a life's events in their order. Resolves with the bytes of their bodies and contexts. */
async function write(log, events, objects, signal) {
  const lives = Array.from({ length: objects });
  const revisions = new Array(objects).fill(0n);
  let held = 0;
  for (let done = 0; done < events; done += objects) {
    const round = done / objects;
    await drive(
      writers,
      Math.min(objects, events - done),
      async (i) => {
        const now = new Date();
        const stage = stageOf(i, round);
        if (stage === 0) lives[i] = newLife(i, now);
        const event = pastEvent(lives[i], stage, stage === 0 ? undefined : revisions[i], now);
        held += event.body.length + Buffer.byteLength(JSON.stringify(event.context));
        revisions[i] = await log.append(event, revisions[i]);
      },
      signal,
    );
  }
  return held;
}

/** The gateway's cache follows the log too: a read of the present waits until it is there. */
async function caughtUp({ client: { send } }, signal) {
  const path = `/api/v1/namespaces/${pastKey(0).namespace}/pods?limit=1`;
  for (const until = Date.now() + patienceMs; ; await sleep(500, undefined, { signal })) {
    const answered = await send('GET', path).then(
      () => true,
      () => false,
    );
    if (answered) return;
    if (Date.now() > until) throw new Failure('the gateway has not caught up with the log');
  }
}

/** Bytes on disk: of the log, of the history's table and its indexes. */
async function stored({ home }, archive) {
  const onDisk = (folder) =>
    existsSync(folder) ? Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0]) : 0;
  const [sizes] = await archive.query(`
    SELECT sum(pg_total_relation_size(oid))::float8 AS tables, sum(pg_indexes_size(oid))::float8 AS indexes
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`);
  return { log: onDisk(join(home, 'nats', 'jetstream')), ...sizes };
}

const times = { object: 30, namespace: 10, all: 3, why: 30 };
const moments = { early: 0.05, middle: 0.5, late: 0.98 };

/** Each kind of read, of each moment: the median and the longest, in milliseconds, and the bytes of an answer. */
async function readPast({ client: { send } }, { first, last, objects }, signal) {
  const any = () => Math.floor(Math.random() * objects);
  const object = ({ namespace, name }) => `/api/v1/namespaces/${namespace}/pods/${name}`;
  const paths = {
    object: (revision) => `/as-of/${revision}${object(pastKey(any()))}`,
    namespace: (revision) => `/as-of/${revision}/api/v1/namespaces/past-${any() % pastNamespaces}/pods`,
    all: (revision) => `/as-of/${revision}/api/v1/pods`,
    why: (revision) => `/shiplog/v1/why${object(pastKey(any()))}?revision=${revision}`,
  };
  // Of connections, code and PostgreSQL's plans; not of the rows, which are others each time.
  for (const path of Object.values(paths)) await send('GET', path(last)).catch(() => undefined);
  const reads = [];
  for (const [moment, part] of Object.entries(moments))
    for (const [what, path] of Object.entries(paths)) {
      let bytes = 0;
      const revision = () => first + Math.round((last - first) * (part - 0.02 + Math.random() * 0.04));
      const read = async () => {
        // Some pods were not there at that moment; that is an answer too.
        bytes = await send('GET', path(revision())).catch((error) => {
          if (!String(error.message).includes(': 404 ')) throw error;
          return 0;
        });
      };
      const took = await drive(1, times[what], read, signal);
      reads.push({ what, moment, p50: quantiles(took).p50, max: Math.max(...took), bytes });
    }
  return reads;
}
