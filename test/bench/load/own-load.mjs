// The API workloads by a load generator of our own, for where the reference and its generator are not: CI, profiles. Its figures compare
// with nothing but themselves, for it shares the machine's cores and is slower than the reference's.
import { cpuByName, cpuOf, memoryOf } from '../process-usage.mjs';
import { split } from '../apibench.mjs';
import { benchPod } from './bench-pod.mjs';
import { loadClient } from './client.mjs';

const namespace = 'bench';
const pods = `/api/v1/namespaces/${namespace}/pods`;
const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

const ready = (i) => ({
  phase: 'Running',
  conditions: [
    { type: 'Ready', status: 'True', lastTransitionTime: `2026-01-01T00:00:${String(i % 60).padStart(2, '0')}Z` },
  ],
});
const renewTime = (i) => `2026-01-01T00:00:00.${String(i % 1_000_000).padStart(6, '0')}Z`;
const anyOf = (count) => Math.floor(Math.random() * count);

/** How each workload sends its i-th request; `timed` ones run for the duration, the others once for each object. */
const operations = ({ send }, { objects }) => ({
  create: { send: (i) => send('POST', pods, benchPod(`p-${i}`, i)) },
  get: { timed: true, send: () => send('GET', `${pods}/p-${anyOf(objects)}`) },
  list: { timed: true, few: true, send: () => send('GET', pods) },
  'list-page': { timed: true, few: true, send: () => send('GET', `${pods}?limit=100`) },
  'list-label': { timed: true, few: true, send: (i) => send('GET', `${pods}?labelSelector=shard%3D${i % 10}`) },
  'patch-status': {
    send: (i) => {
      const body = JSON.stringify({ status: ready(i) });
      return send('PATCH', `${pods}/p-${i}/status`, body, 'application/strategic-merge-patch+json');
    },
  },
  lease: {
    timed: true,
    send: (i, worker) => {
      const body = JSON.stringify({ spec: { renewTime: renewTime(i) } });
      return send('PATCH', `${leases}/n-${worker}`, body, 'application/merge-patch+json');
    },
  },
  delete: { send: (i) => send('DELETE', `${pods}/p-${i}?gracePeriodSeconds=0`) },
});

/** What the workloads find: a namespace, its account, and a lease for each client. Idempotent. */
async function prepare({ send }, clients) {
  const make = (path, object) =>
    send('POST', path, JSON.stringify(object)).catch((error) => {
      if (!String(error.message).includes(': 409 ')) throw error;
    });
  await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, account);
  const lease = (i) => ({
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: `n-${i}` } },
    spec: { holderIdentity: 'n', leaseDurationSeconds: 40 },
  });
  for (let i = 0; i < clients; i++) await make(leases, lease(i));
}

/** One run of the named workloads against Shiplog; measurements as of `runApibench`. */
export async function runOwnLoad(side, options, told, signal) {
  const client = await loadClient(side, options.clients + options.watchers);
  try {
    await prepare(client, options.clients);
    const known = operations(client, options);
    const measurements = [];
    for (const name of options.only) {
      signal.throwIfAborted();
      const run = name === 'watch' ? fanOut(client, options) : driven(known[name], options, signal);
      const measurement = await measured(name, side, run);
      measurements.push(measurement);
      told(measurement);
    }
    return measurements;
  } finally {
    client.close();
  }
}

async function measured(workload, side, run) {
  const open = await run.prepare?.();
  const [before, startedAt] = [cpuByName(side.processes), performance.now()];
  const { latencies, errors, firstError } = await run.work(open);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = cpuByName(side.processes);
  const cpu = Object.keys(after).reduce((sum, name) => sum + after[name] - before[name], 0) / latencies.length;
  latencies.sort((a, b) => a - b);
  const at = (quantile) => latencies[Math.floor(latencies.length * quantile)] ?? NaN;
  return {
    ...{ workload, side: side.name, operations: latencies.length, errors, ...(firstError ? { firstError } : {}) },
    ...{ rate: latencies.length / seconds, p50: at(0.5), p99: at(0.99), max: latencies.at(-1) ?? NaN },
    ...{ cpu, memory: Object.values(side.processes).reduce((sum, pid) => sum + memoryOf(pid), 0) },
    processes: split(cpu, before, after),
  };
}

/** Clients side by side, each sending its next request when its last was answered. */
function driven({ send, timed, few }, { clients, objects, duration }, signal) {
  const work = async () => {
    const [latencies, failures, end] = [[], [], performance.now() + duration * 1000];
    let next = 0;
    const more = () => !signal.aborted && (timed ? performance.now() < end : next < objects);
    const worker = async (_, number) => {
      while (more()) {
        const sentAt = performance.now();
        await send(next++, number).then(
          () => latencies.push(performance.now() - sentAt),
          (error) => failures.push(error.message),
        );
      }
    };
    await Promise.all(Array.from({ length: few ? Math.min(clients, 8) : clients }, worker));
    return { latencies, errors: failures.length, firstError: failures[0] };
  };
  return { work };
}

const changes = 300;

/** Watches of a tenth of the pods, and changes to those; latency is from before a change is sent until each watch has it. */
function fanOut({ send, watch }, { watchers, objects }) {
  const sentAt = new Float64Array(changes);
  const latencies = [];
  const take = (line) => {
    const change = /"bench\/seq":"(\d+)"/.exec(line)?.[1];
    if (change !== undefined) latencies.push(performance.now() - sentAt[Number(change)]);
  };
  const prepare = () =>
    Promise.all(
      Array.from({ length: watchers }, async () => {
        const answer = await watch(`${pods}?watch=1&resourceVersion=0&labelSelector=shard%3D0`);
        let rest = '';
        answer.setEncoding('utf8').on('data', (text) => {
          const parts = (rest + text).split('\n');
          rest = parts.pop() ?? '';
          parts.forEach(take);
        });
        return answer;
      }),
    );
  const work = async (open) => {
    for (let i = 0; i < changes; i++) {
      sentAt[i] = performance.now();
      const body = JSON.stringify({ metadata: { annotations: { 'bench/seq': String(i) } } });
      await send('PATCH', `${pods}/p-${(i * 10) % objects}`, body, 'application/merge-patch+json');
    }
    const wanted = changes * watchers;
    for (let waited = 0; latencies.length < wanted && waited < 20_000; waited += 10)
      await new Promise((resolve) => setTimeout(resolve, 10));
    for (const answer of open) answer.destroy();
    return { latencies, errors: wanted - latencies.length };
  };
  return { prepare, work };
}

/** So that a caller can tell what the generator itself took. */
export const ownCpu = () => cpuOf(process.pid);
