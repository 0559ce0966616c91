// What a change costs when others watch: namespaces and nodes that it does not concern.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../scripts/progress.mjs';
import { cpuOf } from '../process-usage.mjs';
import { median } from '../results.mjs';
import { medians, quantiles } from './figures.mjs';
import { drive } from './latencies.mjs';
import { nodeOf, nodes, podPath } from './pods.mjs';

const rounds = 5;
/** Of a round. */
const changes = 200;
const changed = 0;
const marked = /"bench\/mark":"([\d.]+)"/g;
const merge = 'application/merge-patch+json';
const patience = 10_000;

/** Half of them on namespaces, half on nodes, none of which hold the pod that changes. */
const unconcerned = (i) =>
  i % 2 === 0
    ? `/api/v1/namespaces/quiet-${(i / 2) % 100}/pods?watch=1&resourceVersion=0`
    : `/api/v1/pods?watch=1&resourceVersion=0&fieldSelector=spec.nodeName%3Dquiet-${i % nodes}`;
const concerned = `/api/v1/pods?watch=1&resourceVersion=0&fieldSelector=spec.nodeName%3D${nodeOf(changed)}`;

/**
 * For each number of watches: the gateway's CPU for a patch, the patch's latency, and that of its event at the one watch it concerns. The same patches go to
 * `small`, where nobody else watches, in turn; `ratio` is that of the CPU, of several rounds the median.
 */
export async function watchCosts({ cluster, small }, counts, signal) {
  const watched = await patchedAndWatched(cluster);
  const alone = await patchedAndWatched(small);
  const open = [];
  const costs = [];
  try {
    for (const count of counts) {
      await drive(
        16,
        count - open.length,
        async () => {
          const stream = await watched.watch(unconcerned(open.length));
          if (stream.statusCode !== 200) throw new Failure(`a watch was answered with ${stream.statusCode}`);
          open.push(stream.resume());
        },
        signal,
      );
      await sleep(1_000, undefined, { signal });
      const all = [];
      for (let round = 0; round < rounds; round++) {
        const marks = `${count}.${round}`;
        all.push({ here: await change(watched, marks, signal), beside: await change(alone, marks, signal) });
      }
      const ratio = median(all.map(({ here, beside }) => here.cpu / beside.cpu));
      costs.push({ watchers: open.length, ratio, ...medians(all.map(({ here }) => here)) });
    }
  } finally {
    watched.close();
    alone.close();
  }
  return costs;
}

/** The cluster as the one who patches sees it, with when each mark was heard at the watch that its patches concern. */
async function patchedAndWatched({ connect, processes }) {
  const { send, watch, close } = await connect();
  const heard = new Map();
  const answer = await watch(concerned);
  answer.setEncoding('utf8').on('data', (text) => {
    for (const [, mark] of text.matchAll(marked)) heard.set(mark, performance.now());
  });
  return { send, watch, close, heard, processes };
}

async function change({ send, heard, processes }, marks, signal) {
  const sentAt = new Map();
  const pid = processes['api-gateway'];
  const before = cpuOf(pid);
  const patches = await drive(
    1,
    changes,
    (i) => {
      const mark = `${marks}.${i}`;
      sentAt.set(mark, performance.now());
      const body = JSON.stringify({ metadata: { annotations: { 'bench/mark': mark } } });
      return send('PATCH', podPath(changed), body, merge);
    },
    signal,
  );
  const all = () => [...sentAt.keys()].every((mark) => heard.has(mark));
  for (const until = performance.now() + patience; !all() && performance.now() < until;) await sleep(10);
  if (!all()) throw new Failure('the watch that the changes concern has not told all of them');
  return {
    cpu: (cpuOf(pid) - before) / changes,
    patch: quantiles(patches).p50,
    delivery: quantiles([...sentAt].map(([mark, at]) => heard.get(mark) - at)).p50,
  };
}
