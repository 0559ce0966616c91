// What one get, one patch of a status and one create take, with one client and with several.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../scripts/progress.mjs';
import { cpuByName } from '../process-usage.mjs';
import { podPath, podsPath, podText, readyPatch, strategic } from './pods.mjs';
import { median } from '../results.mjs';
import { quantiles } from './figures.mjs';

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
const rounds = 5;
/** Requests of a round, for each client count: as many in a small cluster as in a large one, and enough that a p99 is not six of them. */
const requests = { get: { 1: 1_500, 8: 4_000 }, 'patch-status': { 1: 800, 8: 1_600 }, create: { 1: 800, 8: 1_600 } };
export const operations = Object.keys(requests);

let patches = 0;
let families = 0;

const cpuOf = (processes) => Object.values(cpuByName(processes)).reduce((sum, ms) => sum + ms, 0);

/**
 * What requests take in a cluster of `size` pods: for each operation and number of clients latencies, the median of several rounds, and the CPU
 * of all processes for one, in milliseconds. The cluster stays as it is.
 */
export async function latencies({ client: { send }, processes }, size, signal) {
  const any = () => Math.floor(Math.random() * size);
  const measured = {};
  const one = async (operation, clients, request) => {
    const before = cpuOf(processes);
    const took = await drive(clients, requests[operation][clients], request, signal);
    const { runs, cpu } = ((measured[operation] ??= {})[clients] ??= { runs: [], cpu: [] });
    runs.push(took);
    cpu.push((cpuOf(processes) - before) / took.length);
  };
  for (let round = 0; round < rounds; round++)
    for (const clients of [1, manyClients]) {
      await quiet({ processes }, signal);
      await one('get', clients, () => send('GET', podPath(any())));
      await one('patch-status', clients, () =>
        send('PATCH', `${podPath(any())}/status`, readyPatch(patches++), strategic),
      );
      const family = `extra-${families++}`;
      await one('create', clients, (i) => send('POST', podsPath(i), podText(i, family)));
      await drive(
        32,
        requests.create[clients],
        (i) => send('DELETE', `${podPath(i, family)}?gracePeriodSeconds=0`),
        signal,
      );
    }
  return Object.fromEntries(
    operations.map((operation) => [
      operation,
      Object.fromEntries(
        Object.entries(measured[operation]).map(([clients, { runs, cpu }]) => [
          clients,
          { ...quantiles(runs), cpu: median(cpu) },
        ]),
      ),
    ]),
  );
}

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
export async function warmUp({ client: { send } }, size, signal) {
  const any = () => Math.floor(Math.random() * size);
  await drive(manyClients, 3_000, () => send('GET', podPath(any())), signal);
  await drive(
    manyClients,
    1_500,
    () => send('PATCH', `${podPath(any())}/status`, readyPatch(patches++), strategic),
    signal,
  );
}
