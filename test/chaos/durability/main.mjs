// Durability: nats-server, and now and then the gateway, is killed again and again under writes; then nats-server's system calls are followed.
// Is every acknowledged write there, once and where the answer said, is no batch halved, has every watch seen everything once, and are bytes on
// disk before anybody is told of them? Some minutes; needs nats-server, for the last question strace and the right to use it.
//   npm run chaos:durability [-- --kills 50 --seed 1 --in-flight 64 --trace-seconds 4]
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkBatches, checkLog, checkPresent, checkWatch, checkWrites } from './checker.mjs';
import { contentHash } from './content.mjs';
import { readLog } from './log-reader.mjs';
import { seeded } from './random.mjs';
import { ShiplogUnderTest } from './shiplog-under-test.mjs';
import { checkSyncOrder } from './sync-order.mjs';
import { Watcher } from './watcher.mjs';
import { folderOf, kinds, namespace, Writers } from './writers.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    'in-flight': { type: 'string', default: '64' },
    'trace-seconds': { type: 'string', default: '4' },
  },
});
const kills = Number(values.kills);
const inFlight = Number(values['in-flight']);
const traceSeconds = Number(values['trace-seconds']);
const settleEvery = 10;
/** The supervisor restarts at once-ish what has failed a few times only. */
const killsOfStarter = new Set([3, 17, 31]);
const killsOfGateway = new Set([5, 19, 33, 47]);

const problems = [];
function check(what, wrong, detail = '') {
  console.log(`${wrong.length === 0 ? '  ok  ' : ' FAIL '} ${what}${detail === '' ? '' : ` (${detail})`}`);
  for (const line of wrong.slice(0, 10)) console.log(`         ${line}`);
  if (wrong.length > 10) console.log(`         and ${wrong.length - 10} more`);
  problems.push(...wrong);
}

const subjectOf = (resource, name) => `resources.core.${resource}.${namespace}.${name}`;
const isOf = (resource) => {
  const start = subjectOf(resource, '');
  return ({ subject }) => subject.startsWith(start);
};

async function list(writers, resource) {
  for (let i = 0; i < 450; i++) {
    const { code, text } = await writers.client.call('GET', folderOf(resource));
    if (code === 200) return JSON.parse(text);
    await sleep(200);
  }
  throw new Error(`no list of ${resource} within 90 s`);
}

/** Two watches a kind, from now on. */
async function startWatchers(shiplog, writers) {
  const watchers = [];
  for (const resource of Object.keys(kinds)) {
    const { metadata } = await list(writers, resource);
    for (let i = 0; i < 2; i++) {
      const watcher = new Watcher(shiplog.access, folderOf(resource), metadata.resourceVersion).start();
      watchers.push(Object.assign(watcher, { resource }));
    }
  }
  return watchers;
}

/** Waits until the watch has come to the end of what the log has for it, or for so long that it never will. */
async function caughtUp(watcher, last) {
  for (let i = 0; i < 300 && watcher.revision < last; i++) await sleep(100);
}

/** With nothing on its way: compares all that anybody was told with the log. */
async function settle(shiplog, writers, watchers, label) {
  await writers.pause();
  const lists = new Map();
  for (const resource of Object.keys(kinds)) lists.set(resource, (await list(writers, resource)).items);
  const entries = await readLog(shiplog.settings);
  const acknowledged = writers.writes.filter(({ outcome }) => outcome === 'acknowledged').length;
  console.log(`${label}: ${entries.length} messages, ${writers.writes.length} writes, ${acknowledged} acknowledged`);
  check('the log is without gaps, and each object a chain', checkLog(entries));
  check('acknowledged writes are there once, others at most once', checkWrites(writers.writes, entries));
  const { wrong, batches } = checkBatches(entries);
  check('no batch is halved', wrong, `${batches} batches`);
  for (const [resource, items] of lists) {
    const objects = items.map((object) => ({
      subject: subjectOf(resource, object.metadata.name),
      uid: object.metadata.uid,
      revision: Number(object.metadata.resourceVersion),
      hash: contentHash(object),
    }));
    check(`the list of ${resource} is what the log says`, checkPresent(objects, entries.filter(isOf(resource))));
  }
  for (const watcher of watchers) {
    const own = entries.filter(isOf(watcher.resource));
    await caughtUp(watcher, own.at(-1)?.sequence ?? 0);
    const found = [...watcher.problems, ...checkWatch(watcher.events, own, watcher.from)];
    check(
      `a watch of ${watcher.resource} has seen all of it once`,
      found,
      `${watcher.events.length} events, ${watcher.connections} connections`,
    );
  }
  writers.resume();
  return entries;
}

/** Waits until a write that was sent from now on is acknowledged, or for so long that something is wrong. */
async function serving(writers) {
  const sent = writers.writes.length;
  const isServing = () => writers.writes.slice(sent).some(({ outcome }) => outcome === 'acknowledged');
  for (let i = 0; i < 600 && !isServing(); i++) await sleep(100);
  if (!isServing()) throw new Error('no write is acknowledged within a minute');
}

async function killing(shiplog, writers, watchers, random) {
  for (let kill = 1; kill <= kills; kill++) {
    // Half of the kills hit a recovery that is still going on, the others writes that are under way again.
    if (random.below(2) === 0 || kill === 1) await serving(writers);
    await sleep(random.between(100, 1_500));
    const killed = await shiplog.killNats(killsOfStarter.has(kill));
    if (killsOfGateway.has(kill)) await shiplog.killGateway();
    await shiplog.natsReady(killed);
    // A gateway that cannot reach the log when it starts ends, and the supervisor takes longer each time.
    if (killsOfGateway.has(kill)) await serving(writers);
    if (kill % settleEvery === 0 && kill < kills) await settle(shiplog, writers, watchers, `after ${kill} kills`);
  }
  await sleep(500);
}

/** What users see of the past, and what PostgreSQL holds, against the log. */
async function checkProjections(shiplog, entries) {
  for (const [resource, { kind }] of Object.entries(kinds)) {
    const bySubject = Map.groupBy(entries.filter(isOf(resource)), ({ subject }) => subject);
    const [subject, own] = [...bySubject].reduce((most, one) => (one[1].length > most[1].length ? one : most));
    const expected = own.map(({ sequence }) => String(sequence)).reverse();
    const object = `${kind.toLowerCase()}/${subject.split('.').at(-1)}`;
    const told = (await shiplog.history(object, namespace)).map((item) => item.resourceVersion);
    const isSame = JSON.stringify(told) === JSON.stringify(expected);
    check(
      `shiplog history tells every change of a ${kind}`,
      isSame ? [] : [`${told.length} instead of ${expected.length}`],
    );
  }
  const verified = await shiplog.command('verify').then(
    (text) => ({ wrong: [], text }),
    (error) => ({ wrong: [String(error.stdout ?? error)], text: '' }),
  );
  check('shiplog verify finds no difference', verified.wrong);
}

/** The writers go on while nats-server's system calls are written down. */
async function tracing(shiplog, writers) {
  await writers.pause();
  const file = join(shiplog.home, 'system-calls');
  const tracer = await shiplog.trace(file).catch((error) => {
    console.log(`   system calls cannot be followed here: ${error.message}`);
  });
  writers.resume();
  if (!tracer) return;
  await sleep(traceSeconds * 1_000);
  await writers.pause();
  await tracer.stop();
  const order = await checkSyncOrder(file);
  const violations = order.violations();
  const { answers, batches, batchMessages, deliveries, records, syncs, unread } = order.figures;
  console.log(
    `   ${records} records, ${syncs} syncs, ${answers} answers (${batches} of batches with ${batchMessages} messages), ${deliveries} deliveries`,
  );
  check('everything is on disk before anybody is told', violations);
  check('the trace can be read, and has publishes and batches in it', [
    ...(unread > 0 ? [`${unread} calls could not be read`] : []),
    ...(answers === batches ? ['no publish of its own'] : []),
    ...(batches === 0 ? ['no batch'] : []),
  ]);
}

async function scenario(shiplog) {
  const random = seeded(Number(values.seed));
  const writers = new Writers(shiplog.access, seeded(Number(values.seed) + 1), inFlight);
  await writers.prepare();
  const watchers = await startWatchers(shiplog, writers);
  writers.start();
  try {
    await killing(shiplog, writers, watchers, random);
    const entries = await settle(shiplog, writers, watchers, `after ${kills} kills`);
    await writers.pause();
    await checkProjections(shiplog, entries);
    if (traceSeconds > 0) await tracing(shiplog, writers);
  } finally {
    await writers.stop();
    for (const watcher of watchers) await watcher.stop();
  }
  const count = (outcome) => writers.writes.filter((write) => write.outcome === outcome).length;
  const unconnected = writers.writes.filter(({ code }) => code === 0).length;
  console.log(
    `   ${count('acknowledged')} writes acknowledged, ${count('refused')} refused, ${count('ambiguous')} without an answer`,
  );
  console.log(`   (${unconnected} of these on a connection that failed or was never made)`);
}

const started = performance.now();
const shiplog = await ShiplogUnderTest.start();
try {
  await scenario(shiplog);
} finally {
  await shiplog.stop();
}
const seconds = ((performance.now() - started) / 1_000).toFixed(0);
console.log(
  `${problems.length === 0 ? 'all is well' : `${problems.length} problems`} after ${kills} kills and ${seconds} s`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
