// Overload: many times the clients that a gateway can serve, one of them without manners. Does everybody else still get answers, does memory stay
// within bounds, is every acknowledged write there, and is all as before when it is over? Less than a minute; needs nothing but nats-server.
//   npm run chaos:overload [-- --connections 400 --seconds 20]
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nodes, startGateway } from './gateway-under-test.mjs';
import { lateness, noise, pace, person, Tally } from './traffic.mjs';
import { WatchReader } from './watch-reader.mjs';

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '400' }, seconds: { type: 'string', default: '20' } },
});
const connections = Number(values.connections);
const seconds = Number(values.seconds);
const people = ['alice', 'bob', 'carol'];
/** Everybody else is there before the abuser comes. */
const calmSeconds = 2;
const workersOfOne = 8;
const slowWatches = 8;
/** Of 200 kB each: more than what a watch may have unsent and the sockets' buffers take. */
const noiseAtLeast = 90;
const slowLists = 8;

const problems = [];
function check(what, holds, detail = '') {
  console.log(`${holds ? '  ok  ' : ' FAIL '} ${what}${detail === '' ? '' : ` (${detail})`}`);
  if (!holds) problems.push(what);
}

/** How long one request takes when nobody else asks. */
async function quietLatency(gateway) {
  const client = gateway.as('alice', 1);
  const tally = new Tally('quiet');
  const until = performance.now() + 2_000;
  for (let i = 0; performance.now() < until; i++) {
    const name = `quiet-${Math.round(until)}-${i}`;
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: {} };
    tally.note(await client.call('POST', '/api/v1/namespaces/alice/configmaps', body));
    tally.note(await client.call('GET', `/api/v1/namespaces/alice/configmaps/${name}`));
    tally.note(await client.call('DELETE', `/api/v1/namespaces/alice/configmaps/${name}`));
  }
  client.close();
  return tally;
}

async function peakMemory(gateway, signal) {
  let peak = 0;
  while (!signal.aborted) {
    peak = Math.max(peak, await gateway.residentMiB());
    await sleep(200);
  }
  return peak;
}

const revisionNow = async (gateway) =>
  JSON.parse((await gateway.admin.call('GET', '/api/v1/namespaces/noise/configmaps?limit=1')).text).metadata
    .resourceVersion;

/** Everything at once, until it is time. */
async function overload(gateway) {
  const tallies = {
    ...Object.fromEntries(people.map((name) => [name, new Tally(name)])),
    health: new Tally('health'),
    newcomers: new Tally('new connections'),
    leases: new Tally('node leases'),
    controller: new Tally('kube-system controller'),
  };
  const acknowledged = Object.fromEntries(people.map((name) => [name, []]));
  const written = [];
  const late = new Tally('timers');
  const controller = await gateway.as('controller', 4).warm('/version');
  const anonymous = await gateway.anonymous(4).warm('/livez');
  const leaseClients = await Promise.all(nodes.map((name) => gateway.as(name, 2).warm('/version')));
  const newcomer = async () => {
    const client = gateway.anonymous(1);
    return client.call('GET', '/livez').finally(() => client.close());
  };
  let turn = 0;
  const until = performance.now() + seconds * 1_000;
  const renew = () => {
    const at = turn++ % nodes.length;
    const body = { spec: { renewTime: new Date().toISOString().replace('Z', '000Z') } };
    leaseClients[at].options.headers['content-type'] = 'application/merge-patch+json';
    return leaseClients[at].call(
      'PATCH',
      `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodes[at]}`,
      body,
    );
  };
  const [abused] = await Promise.all([
    sleep(calmSeconds * 1_000).then(() => gateway.abuse(connections, seconds - calmSeconds)),
    ...people.flatMap((name) => {
      const client = gateway.as(name, workersOfOne);
      return Array.from({ length: workersOfOne }, (_, worker) =>
        person(client, name, worker, until, tallies[name], acknowledged[name]),
      );
    }),
    pace(100, until, tallies.health, () => anonymous.call('GET', '/livez')),
    pace(500, until, tallies.newcomers, newcomer),
    pace(50, until, tallies.leases, renew),
    pace(100, until, tallies.controller, () => controller.call('GET', '/api/v1/namespaces/alice/configmaps?limit=10')),
    noise(gateway.admin, until, noiseAtLeast, written),
    lateness(until, late),
  ]);
  return { abused, tallies, acknowledged, written, late };
}

/** Asks for a long list and reads nothing of it. */
async function slowLister(gateway, times) {
  const client = gateway.as('mallory');
  const responses = [];
  for (let i = 0; i < times; i++) {
    const response = await client.open('/api/v1/configmaps').catch(() => undefined);
    if (response) responses.push(response.on('error', () => undefined));
  }
  return responses;
}

async function namesIn(gateway, namespace) {
  const { text } = await gateway.admin.call('GET', `/api/v1/namespaces/${namespace}/configmaps`);
  return new Set(JSON.parse(text).items.map(({ metadata }) => metadata.name));
}

/** Bounds in milliseconds. Where the processor is short for other reasons, the timers of this process are late as well: by as much more may answers be. */
const bound = (ms, { late }) => ms + 10 * late.quantile(0.99);

function checkAnswers({ abused, tallies, seats, late }) {
  const answered = Object.values(tallies).reduce((sum, { times }) => sum + times.length, abused.served);
  const rate = Math.round(answered / seconds);
  console.log(`   timers of this process: p99 ${late.quantile(0.99).toFixed(0)} ms late`);
  console.log(`   ${seats} seats, ${rate} requests/s served`);
  console.log(
    `   mallory: ${abused.served} served, ${abused.refused} refused, ${abused.failed} failed on ${connections} connections`,
  );
  for (const tally of Object.values(tallies)) console.log(`   ${tally.toString()}`);
  check('the abuser is refused', abused.refused > 100, `${abused.refused} times`);
  check('with 429, a Status, Retry-After and the names of its flow', abused.badRefusals === 0);
  check(
    'and still gets its share',
    abused.served > 0 && abused.failed === 0,
    `${abused.served} served, ${abused.failed} failed`,
  );
  for (const name of people)
    check(`${name} is answered`, tallies[name].failed === 0 && tallies[name].quantile(0.99) < bound(2_000, { late }));
  check(
    'new connections are let in',
    tallies.newcomers.failed === 0 && tallies.newcomers.quantile(0.99) < bound(3_000, { late }),
  );
  for (const name of ['health', 'leases', 'controller']) {
    const { failed, refused } = tallies[name];
    check(
      `${tallies[name].name} come first`,
      failed + refused === 0 && tallies[name].quantile(0.99) < bound(1_000, { late }),
    );
  }
}

function checkWatch(name, reader, written) {
  const expected = new Set(written);
  const unique = new Set(reader.seen);
  const missing = written.filter((event) => !unique.has(event)).length;
  const twice = reader.seen.length - unique.size;
  const others = reader.seen.filter((event) => !expected.has(event)).length;
  check(
    `${name} has seen every change once`,
    missing + twice + others + reader.brokenFrames === 0,
    `${reader.seen.length} events, ended ${reader.ends} times, ${missing} missing, ${twice} twice, ${others} unknown, ${reader.brokenFrames} cut`,
  );
}

async function caughtUp(readers, last) {
  for (let i = 0; i < 100 && readers.some(({ seen }) => seen[seen.length - 1] !== last); i++) await sleep(100);
}

async function scenario(gateway) {
  await quietLatency(gateway);
  const before = await quietLatency(gateway);
  console.log(`   ${before.toString()}`);
  const memoryBefore = await gateway.residentMiB();
  const from = await revisionNow(gateway);
  const readerOf = (name) => new WatchReader(gateway.as(name), '/api/v1/namespaces/noise/configmaps', from);
  const quick = [readerOf('bob'), readerOf('alice')];
  const slow = Array.from({ length: slowWatches }, () => readerOf('mallory'));
  for (const reader of slow) reader.pause();
  const following = [...quick, ...slow].map((reader) => reader.follow());
  const measuring = new AbortController();
  const peak = peakMemory(gateway, measuring.signal);
  const listers = sleep(seconds * 500).then(() => slowLister(gateway, slowLists));

  const outcome = {
    ...(await overload(gateway)),
    seats: await gateway.metric('apiserver_flowcontrol_nominal_limit_seats'),
  };
  checkAnswers(outcome);
  const refusedByMetric = await gateway.metric(
    'apiserver_flowcontrol_rejected_requests_total',
    'priority_level="global-default"',
  );
  check('metrics say so', refusedByMetric >= outcome.abused.refused, `${refusedByMetric} refused`);

  for (const reader of slow) reader.resume();
  for (const response of await listers) response.destroy();
  await caughtUp([...quick, ...slow], outcome.written[outcome.written.length - 1]);
  const endedOfSlow = slow.filter(({ ends }) => ends > 0).length;
  check('watches that nobody reads are ended', endedOfSlow === slowWatches, `${endedOfSlow} of ${slowWatches}`);
  quick.forEach((reader, i) => checkWatch(`reader ${i}`, reader, outcome.written));
  slow.forEach((reader, i) => checkWatch(`slow reader ${i}`, reader, outcome.written));
  for (const reader of [...quick, ...slow]) reader.stop();
  await Promise.all(following);

  for (const [namespace, names] of [
    ...Object.entries(outcome.acknowledged),
    ['mallory', outcome.abused.acknowledged],
  ]) {
    const present = await namesIn(gateway, namespace);
    const lost = names.filter((name) => !present.has(name)).length;
    check(`every acknowledged write of ${namespace} is there`, lost === 0, `${names.length} written, ${lost} lost`);
  }
  measuring.abort();
  check(
    'memory stays bounded',
    (await peak) < 900,
    `${(await peak).toFixed(0)} MiB at most, ${memoryBefore.toFixed(0)} before`,
  );
  await checkRecovery(gateway, before);
}

async function checkRecovery(gateway, before) {
  await sleep(2_000);
  const after = await quietLatency(gateway);
  check(
    'afterwards it answers as before',
    after.quantile(0.5) < Math.max(2 * before.quantile(0.5), 5),
    `p50 ${before.quantile(0.5).toFixed(1)} ms before, ${after.quantile(0.5).toFixed(1)} ms after`,
  );
  const memory = await gateway.residentMiB();
  check('and holds nothing any more', memory < 600, `${memory.toFixed(0)} MiB`);
  const waiting = await gateway.metric('apiserver_flowcontrol_current_inqueue_requests');
  // The one that asks is being served.
  const executing = (await gateway.metric('apiserver_flowcontrol_current_executing_requests')) - 1;
  check(
    'no seat and no place in a queue is lost',
    waiting === 0 && executing === 0,
    `${waiting} waiting, ${executing} running`,
  );
}

const gateway = await startGateway();
const started = performance.now();
try {
  await scenario(gateway);
} finally {
  await gateway.stop();
}
console.log(
  `${problems.length === 0 ? 'all is well' : `${problems.length} problems`} after ${((performance.now() - started) / 1_000).toFixed(0)} s`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
