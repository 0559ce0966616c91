// What a change costs when others watch: namespaces and nodes that it does not concern.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../scripts/progress.mjs';
import { cpuOf } from '../process-usage.mjs';
import { quantiles } from './figures.mjs';
import { drive } from './latencies.mjs';
import { nodeOf, nodes, podPath } from './pods.mjs';

const changes = 500;
const changed = 0;
const marked = /"bench\/seq":"([\d-]+)"/;
const merge = 'application/merge-patch+json';
const patience = 10_000;

/** Half of them on namespaces, half on nodes, none of which hold the pod that changes. */
const unconcerned = (i) =>
  i % 2 === 0
    ? `/api/v1/namespaces/quiet-${(i / 2) % 100}/pods?watch=1&resourceVersion=0`
    : `/api/v1/pods?watch=1&resourceVersion=0&fieldSelector=spec.nodeName%3Dquiet-${i % nodes}`;
const concerned = `/api/v1/pods?watch=1&resourceVersion=0&fieldSelector=spec.nodeName%3D${nodeOf(changed)}`;

/** For each number of watches: the gateway's CPU for a patch, the patch's latency, and that of its event at the one watch it concerns. */
export async function watchCosts(cluster, counts, signal) {
  const { send, watch, close } = await cluster.connect();
  const open = [];
  const costs = [];
  try {
    const heard = new Map();
    const answer = await watch(concerned);
    answer.setEncoding('utf8').on('data', (text) => {
      for (const [, seq] of text.matchAll(new RegExp(marked, 'g'))) heard.set(seq, performance.now());
    });
    for (const count of counts) {
      await drive(
        16,
        count - open.length,
        async () => {
          const stream = await watch(unconcerned(open.length));
          if (stream.statusCode !== 200) throw new Failure(`a watch was answered with ${stream.statusCode}`);
          open.push(stream.resume());
        },
        signal,
      );
      await sleep(1_000, undefined, { signal });
      costs.push({ watchers: open.length, ...(await change(cluster, send, count, heard, signal)) });
    }
  } finally {
    close();
  }
  return costs;
}

async function change({ processes }, send, count, heard, signal) {
  const sentAt = new Map();
  const pid = processes['api-gateway'];
  const before = cpuOf(pid);
  const patches = await drive(
    1,
    changes,
    (i) => {
      const seq = `${count}-${i}`;
      sentAt.set(seq, performance.now());
      const body = JSON.stringify({ metadata: { annotations: { 'bench/seq': seq } } });
      return send('PATCH', podPath(changed), body, merge);
    },
    signal,
  );
  const all = () => [...sentAt.keys()].every((seq) => heard.has(seq));
  for (const until = performance.now() + patience; !all() && performance.now() < until;) await sleep(10);
  if (!all()) throw new Failure('the watch that the changes concern has not told all of them');
  return {
    cpu: (cpuOf(pid) - before) / changes,
    patch: quantiles([patches]),
    delivery: quantiles([[...sentAt].map(([seq, at]) => heard.get(seq) - at)]),
  };
}
