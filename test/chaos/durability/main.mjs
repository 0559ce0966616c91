// Durability: nats-server, and now and then the gateway, is killed again and again under writes, and the power of the disk under it is cut; then
// nats-server's system calls are followed. Is every acknowledged write there, once and where the answer said, is no batch halved, has every watch
// seen everything once, and are bytes on disk before anybody is told of them? Some minutes; needs nats-server. Power cuts need root, /dev/fuse and
// Go, the last question strace and the right to use it: what is missing is said and left out.
//   npm run chaos:durability [-- --kills 50 --power-cuts 20 --seed 1 --in-flight 160 --trace-seconds 4]
//     --names folder        a new name is durable only after a sync of its folder (POSIX), not of its file as well (ext4, XFS, Btrfs)
//     --staging disk        batches are staged on the disk as well, not in memory
//     --sync-interval 10s   the other way round: with a log that syncs so late a power cut must lose acknowledged writes
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkWrites } from './checker.mjs';
import { disturbances } from './disturbances.mjs';
import { whyNoForgetfulDisk } from './forgetful-disk.mjs';
import { readLog } from './log-reader.mjs';
import { seeded } from './random.mjs';
import { checkProjections, list, settle } from './settling.mjs';
import { ShiplogUnderTest } from './shiplog-under-test.mjs';
import { checkSyncOrder } from './sync-order.mjs';
import { Watcher } from './watcher.mjs';
import { folderOf, kinds, Writers } from './writers.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    'power-cuts': { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    'in-flight': { type: 'string', default: '160' },
    'trace-seconds': { type: 'string', default: '4' },
    names: { type: 'string', default: 'file' },
    staging: { type: 'string', default: 'memory' },
    'sync-interval': { type: 'string' },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
const inFlight = Number(values['in-flight']);
const traceSeconds = Number(values['trace-seconds']);
const syncInterval = values['sync-interval'];
const settleEvery = 10;

const problems = [];
function check(what, wrong, detail = '') {
  console.log(`${wrong.length === 0 ? '  ok  ' : ' FAIL '} ${what}${detail === '' ? '' : ` (${detail})`}`);
  for (const line of wrong.slice(0, 10)) console.log(`         ${line}`);
  if (wrong.length > 10) console.log(`         and ${wrong.length - 10} more`);
  problems.push(...wrong);
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

/** Waits until a write that was sent from now on is acknowledged, or for so long that something is wrong. */
async function serving(writers) {
  const sent = writers.writes.length;
  const isServing = () => writers.writes.slice(sent).some(({ outcome }) => outcome === 'acknowledged');
  for (let i = 0; i < 600 && !isServing(); i++) await sleep(100);
  if (!isServing()) throw new Error('no write is acknowledged within a minute');
}

const told = ({ files, names, namesKept }) => [
  ...files.map(({ path, changes, bytes, fate }) => `${path}: ${changes} changes, ${bytes} bytes: ${fate}`),
  ...(names > 0 ? [`${namesKept} of ${names} names kept`] : []),
];

/** Takes the power away and gives it back. Answers the id of the server that it ended. */
async function cutPower({ shiplog, powerCuts }, { number, afterKill, ...moment }) {
  if (afterKill) await shiplog.natsStarted(await shiplog.killNatsAfter(1));
  const { server, loss, from } = await shiplog.cutPower(moment);
  powerCuts.push({ from, to: Date.now(), loss });
  await shiplog.powerOn();
  console.log(`power cut ${number}${afterKill ? ' after a kill' : ''}: ${told(loss).join('; ') || 'all was synced'}`);
  return server;
}

async function disturbing(run, random, powerCutCount) {
  const { shiplog, writers, moments } = run;
  const all = disturbances(kills, powerCutCount, random);
  for (const [i, one] of all.entries()) {
    if (one.waits) await serving(writers);
    await sleep(one.pauseMs);
    moments.push({ at: Date.now(), writes: writers.busy });
    const ended = one.kind === 'kill' ? await shiplog.killNats(one.withStarter) : await cutPower(run, one);
    if (one.withGateway) await shiplog.killGateway();
    await shiplog.natsReady(ended);
    // A gateway that cannot reach the log when it starts ends, and the supervisor takes longer each time.
    if (one.withGateway) await serving(writers);
    if ((i + 1) % settleEvery === 0 && i + 1 < all.length) await settle(run, check, `after ${i + 1} of ${all.length}`);
  }
  await sleep(500);
}

/** The writers go on while nats-server's system calls are written down. */
async function tracing({ shiplog, writers }) {
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

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** How much was going on when it happened. */
function underWay(moments, entries) {
  const sizes = new Map([...Map.groupBy(entries, ({ batch }) => batch?.id)].map(([id, { length }]) => [id, length]));
  const last = moments.map(({ at }) => entries.findLast(({ time }) => time <= at)?.batch?.id).filter(Boolean);
  const batched = last.map((id) => sizes.get(id));
  return `${median(moments.map(({ writes }) => writes))} writes on their way when it happened, in the median; in ${batched.length} of ${moments.length} cases a batch had been the last thing written, with ${median(batched)} messages in the median`;
}

async function figures({ shiplog, writers, powerCuts, moments }, entries) {
  const count = (outcome) => writers.writes.filter((write) => write.outcome === outcome).length;
  const codes = Object.entries(Object.groupBy(writers.writes, ({ code }) => code)).map(
    ([code, { length }]) => `${code}: ${length}`,
  );
  console.log(
    `   ${count('acknowledged')} writes acknowledged, ${count('refused')} refused, ${count('ambiguous')} without an answer`,
  );
  console.log(`   by code (0 is a connection that failed or was never made): ${codes.join(', ')}`);
  console.log(`   ${underWay(moments, entries)}`);
  console.log(
    `   ${await shiplog.batchesCompleted()} batches that were cut off by a kill completed from what was staged`,
  );
  if (!shiplog.disk) return;
  const files = powerCuts.flatMap(({ loss }) => loss.files);
  const fates = Object.entries(Object.groupBy(files, ({ fate }) => fate)).map(
    ([fate, { length }]) => `${fate} ${length}`,
  );
  console.log(
    `   ${powerCuts.filter(({ loss }) => loss.files.length > 0).length} of ${powerCuts.length} power cuts met unsynced data, in ${files.length} files; left of it: ${fates.join(', ')}`,
  );
  console.log(`   the disk: ${JSON.stringify(await shiplog.disk.figures())}`);
}

async function scenario(shiplog, powerCutCount) {
  const writers = new Writers(shiplog.access, seeded(seed + 1), inFlight);
  await writers.prepare();
  const watchers = await startWatchers(shiplog, writers);
  const run = { shiplog, writers, watchers, powerCuts: [], moments: [] };
  writers.start();
  let entries;
  try {
    await disturbing(run, seeded(seed), powerCutCount);
    entries = await settle(run, check, `after ${kills} kills and ${powerCutCount} power cuts`);
    await writers.pause();
    await checkProjections(shiplog, check, entries);
    if (traceSeconds > 0) await tracing(run);
  } finally {
    await writers.stop();
    for (const watcher of watchers) await watcher.stop();
  }
  await figures(run, entries);
}

/** With a log that syncs late: cuts the power until an acknowledged write is lost. */
async function control(shiplog, powerCutCount) {
  const writers = new Writers(shiplog.access, seeded(seed + 1), inFlight);
  await writers.prepare();
  const run = { shiplog, writers, powerCuts: [] };
  writers.start();
  try {
    for (let number = 1; number <= powerCutCount; number++) {
      await serving(writers);
      await sleep(500);
      await shiplog.natsReady(await cutPower(run, { number }));
      const before = writers.writes.filter(({ toldAt }) => toldAt < run.powerCuts.at(-1).to);
      const lost = checkWrites(before, await readLog(shiplog.settings)).filter((line) => line.startsWith('lost'));
      console.log(`   ${lost.length} acknowledged writes are lost`);
      if (lost.length > 0) return check('the test finds what is lost', []);
    }
  } finally {
    await writers.stop();
  }
  const line = `no acknowledged write is lost, though the log is synced only every ${syncInterval}: this test finds nothing`;
  check('the test finds what is lost', [line]);
}

const started = performance.now();
const why = Number(values['power-cuts']) > 0 ? await whyNoForgetfulDisk() : 'none is asked for';
if (why) console.log(`   no power cuts: ${why}`);
const powerCutCount = why ? 0 : Number(values['power-cuts']);
const shiplog = await ShiplogUnderTest.start({
  ...(why ? {} : { disk: { seed, names: values.names } }),
  ...{ syncInterval, stagesOnDisk: values.staging === 'disk' },
});
try {
  await (syncInterval ? control : scenario)(shiplog, powerCutCount);
} finally {
  await shiplog.stop();
}
const seconds = ((performance.now() - started) / 1_000).toFixed(0);
const happened = syncInterval ? '' : `${kills} kills, ${powerCutCount} power cuts and `;
console.log(`${problems.length === 0 ? 'all is well' : `${problems.length} problems`} after ${happened}${seconds} s`);
process.exitCode = problems.length === 0 ? 0 : 1;
