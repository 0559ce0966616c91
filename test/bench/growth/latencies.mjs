// What one get, one patch of a status and one create take, with one client and with several.
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
const rounds = 3;
/** Requests of a round, for each client count. */
const requests = { get: { 1: 600, 8: 2_000 }, 'patch-status': { 1: 300, 8: 800 }, create: { 1: 300, 8: 800 } };
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
