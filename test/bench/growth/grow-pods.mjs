// A cluster that grows from one number of pods to the next, measured at each.
import { step } from '../../../scripts/progress.mjs';
import { median } from '../results.mjs';
import { tidyUp } from './archive.mjs';
import { drive, latencies, quiet, warmUp } from './latencies.mjs';
import { makeNamespaces, namespaces, podsPath, podText } from './pods.mjs';
import { lagDuring } from './projector-lag.mjs';
import { watchCosts } from './watches.mjs';

const writers = 32;
const starts = 3;
/** Of latencies. The last size is held to the targets: a p99 is noise by a third, and the median of five of them still by a fifth. */
const [rounds, lastRounds] = [5, 15];
/** Watches are measured in a cluster of about this size. */
const watchedSize = 10_000;
const count = (n) => n.toLocaleString('en');

/**
 * Figures of each size, of watches, and the projector's lag over the time in which pods were created. `small` is another cluster: it stays at the first
 * size, and latencies are measured in both in turn.
 */
export async function growPods({ cluster, small }, { sizes, watchers }, signal) {
  for (const { client } of [cluster, small]) await makeNamespaces(client, namespaces, (i) => `bench-${i}`);
  await step('a small cluster beside it', () => grow(small, 0, sizes[0], signal));
  const steps = [];
  const lag = [];
  const watchAt = sizes.findLast((size) => size <= watchedSize) ?? sizes[0];
  let watches;
  let size = 0;
  for (const next of sizes) {
    const { fill, lags } = await step(`${count(next)} pods`, () => grow(cluster, size, next, signal));
    const since = lag.at(-1)?.at ?? 0;
    lag.push(...lags.map(({ at, ...rest }) => ({ at: since + at, ...rest })));
    size = next;
    await step('  until all is quiet', async () => {
      await tidyUp(cluster);
      await quiet(cluster, signal);
    });
    const sides = [
      { cluster, size },
      { cluster: small, size: sizes[0] },
    ];
    const [figures, beside] = await step('  get, patch, create', async () => {
      for (const side of sides) await warmUp(side, signal);
      return latencies(sides, size === sizes.at(-1) ? lastRounds : rounds, signal);
    });
    if (size === watchAt)
      watches = await step('  watches of others', () => watchCosts({ cluster, small }, watchers, signal));
    const start = await step('  killed and started again', () => restarts(cluster));
    // So that the two gateways that are compared at the next size have run equally long.
    await small.restartGateway();
    const memory = await cluster.gatewayMemory();
    const list = await step('  list', () => listAll(cluster));
    steps.push({ size, fill, latencies: figures, beside, start, memory, list });
  }
  return { steps, watches, lag };
}

/** Milliseconds, the median of several. */
async function restarts(cluster) {
  const took = [];
  for (let i = 0; i < starts; i++) took.push(await cluster.restartGateway());
  return median(took);
}

async function grow(cluster, from, to, signal) {
  let took = [];
  const began = performance.now();
  let seconds;
  const lags = await lagDuring(
    cluster,
    async () => {
      took = await drive(
        writers,
        to - from,
        (i) => cluster.client.send('POST', podsPath(from + i), podText(from + i)),
        signal,
      );
      seconds = (performance.now() - began) / 1000;
    },
    signal,
  );
  return { fill: { perSecond: took.length / seconds }, lags };
}

/** The whole list, twice; the quicker counts. */
async function listAll({ client: { send } }) {
  const once = async () => {
    const sentAt = performance.now();
    const bytes = await send('GET', '/api/v1/pods');
    return { ms: performance.now() - sentAt, bytes };
  };
  const [one, other] = [await once(), await once()];
  return one.ms < other.ms ? one : other;
}
