// What one get, one patch of a status and one create take, with one client and with several.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../scripts/progress.mjs';
import { cpuByName } from '../process-usage.mjs';
import { podPath, podsPath, podText, readyPatch, strategic } from './pods.mjs';
import { medians, quantiles } from './figures.mjs';

/** Sends `count` requests from `clients` at a time. Resolves with the milliseconds that each took. */
export async function drive(clients, count, send, signal) {
  const latencies = [];
  let next = 0;
  const client = async () => {
    while (next < count) {
      signal.throwIfAborted();
      const sentAt = performance.now();
      await send(next++);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return latencies;
}

const manyClients = 8;
/** Requests of a round, for each client count: as many in a small cluster as in a large one, and enough that a p99 is not six of them. */
const requests = { get: { 1: 1_500, 8: 4_000 }, 'patch-status': { 1: 800, 8: 1_600 }, create: { 1: 800, 8: 1_600 } };
/** As many as V8 needs to compile them for good: two gateways are compared, not how far either has got. */
const warmUps = { get: 6_000, 'patch-status': 8_000, create: 4_000 };
const warmUpClients = 32;

let patches = 0;
let families = 0;

const cpuOf = (processes) => Object.values(cpuByName(processes)).reduce((sum, ms) => sum + ms, 0);

/**
 * What requests take in several clusters, measured in turn, so that what disturbs the machine meanwhile disturbs all of them: for each of `sides`
 * (`{ cluster, size }`, `size` its pods), each operation and each number of clients latencies, the median of so many rounds, and the CPU of all of
 * the cluster's processes for one, in milliseconds. The clusters stay as they are.
 */
export async function latencies(sides, rounds, signal) {
  const measured = sides.map((side) => ({ ...side, rounds: {} }));
  for (let round = 0; round < rounds; round++)
    for (const clients of [1, manyClients])
      await measureRound(round % 2 ? measured.toReversed() : measured, clients, signal);
  return measured.map(({ rounds: all }) =>
    mapped(all, (byClients) => mapped(byClients, (ofClients) => ({ ...medians(ofClients), rounds: ofClients }))),
  );
}

const mapped = (object, of) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, of(value)]));

/** Each operation once in each cluster; adds to the `rounds` of each by operation and number of clients. */
async function measureRound(sides, clients, signal) {
  const family = `extra-${families++}`;
  await Promise.all(sides.map(({ cluster }) => quiet(cluster, signal)));
  for (const operation of operations)
    for (const { cluster, size, rounds: all } of sides) {
      const before = cpuOf(cluster.processes);
      const request = requestOf[operation](cluster.client, size, family);
      const took = await drive(clients, requests[operation][clients], request, signal);
      const cpu = (cpuOf(cluster.processes) - before) / took.length;
      ((all[operation] ??= {})[clients] ??= []).push({ ...quantiles(took), cpu });
    }
  for (const { cluster } of sides) await remove(cluster.client, requests.create[clients], family, signal);
}

const any = (size) => Math.floor(Math.random() * size);
const requestOf = {
  get:
    ({ send }, size) =>
    () =>
      send('GET', podPath(any(size))),
  'patch-status':
    ({ send }, size) =>
    () =>
      send('PATCH', `${podPath(any(size))}/status`, readyPatch(patches++), strategic),
  create:
    ({ send }, size, family) =>
    (i) =>
      send('POST', podsPath(i), podText(i, family)),
};
const operations = Object.keys(requestOf);

const remove = ({ send }, count, family, signal) =>
  drive(32, count, (i) => send('DELETE', `${podPath(i, family)}?gracePeriodSeconds=0`), signal);

const quietPercent = 4;
const lookMs = 500;
const quietLooks = 2;
const quietPatienceMs = 60_000;

/**
 * Waits until the cluster's processes have done nothing to speak of for a second: until the projector has taken everything in and PostgreSQL has
 * tidied up after it, so that what was written before does not show in what is measured now. Resolves with the milliseconds that it took.
 */
export async function quiet({ processes }, signal) {
  const began = performance.now();
  let looks = 0;
  let before = cpuOf(processes);
  while (looks < quietLooks) {
    if (performance.now() - began > quietPatienceMs)
      throw new Failure(`the cluster is not quiet ${quietPatienceMs / 1000} s after the last request`);
    await sleep(lookMs, undefined, { signal });
    const now = cpuOf(processes);
    looks = now - before <= (lookMs * quietPercent) / 100 ? looks + 1 : 0;
    before = now;
  }
  return performance.now() - began;
}

/** So that a gateway just started has compiled what is measured. */
export async function warmUp({ cluster: { client }, size }, signal) {
  const family = `extra-${families++}`;
  for (const operation of operations)
    await drive(warmUpClients, warmUps[operation], requestOf[operation](client, size, family), signal);
  await remove(client, warmUps.create, family, signal);
}
