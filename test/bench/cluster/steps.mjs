// What is measured, in order. Each step adds its figures to the report.
import { setTimeout as sleep } from 'node:timers/promises';
import { step } from '../../../scripts/progress.mjs';
import { cpuByName, memoryOf } from '../process-usage.mjs';
import { deployment, deployments, duration, FollowedPods } from './workload.mjs';

const round = (value, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits;
const secondsOf = (milliseconds) => round(milliseconds / 1000);
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
const total = (byName) => round(Object.values(byName).reduce((sum, value) => sum + value, 0));

/** Runs `work`; its figures, with the CPU seconds that each process took meanwhile. */
async function withCpu({ processes }, work) {
  const [before, startedAt] = [cpuByName(processes), performance.now()];
  const figures = await work();
  const after = cpuByName(processes);
  const elapsed = performance.now() - startedAt;
  const cpuSeconds = Object.fromEntries(
    Object.keys(after).map((name) => [name, secondsOf(after[name] - before[name])]),
  );
  return { ...figures, cores: round((total(cpuSeconds) * 1000) / elapsed, 2), cpuSeconds };
}

export async function idle(cluster, { settle, idle: seconds }, signal) {
  await step(`rest of ${settle} s`, () => sleep(settle * 1000, undefined, { signal }));
  return step(`idle for ${seconds} s`, async () => {
    const figures = await withCpu(cluster, () => sleep(seconds * 1000, undefined, { signal }));
    const memoryMiB = Object.fromEntries(
      Object.entries(cluster.processes).map(([name, pid]) => [name, Math.round(memoryOf(pid))]),
    );
    return { seconds, ...figures, memoryMiB };
  });
}

/** How many revisions the log of resources and that of events have. */
async function revisions({ client }, signal) {
  const of = async (plural) =>
    Number((await client.list({ group: '', version: 'v1', plural }, { limit: 1 }, signal)).metadata.resourceVersion);
  return { resources: await of('pods'), events: await of('events') };
}

/** A Deployment from its creation until all its pods are Running and Ready. */
export const run = (cluster, name, replicas, options, signal) =>
  step(`${replicas} pods of Deployment ${name} Running`, async () => {
    const pods = new FollowedPods(cluster.client, name, signal);
    await pods.informer.whenSynced(signal);
    const before = await revisions(cluster, signal);
    const figures = await withCpu(cluster, async () => {
      await cluster.client.create(deployments, deployment(name, replicas, options), { signal });
      const state = () => `${pods.ready()} of ${replicas} are Ready, ${pods.all().length} there`;
      const took = await duration(() => pods.readyAt.size >= replicas, state, options, signal);
      const latencies = pods.latencies();
      return {
        seconds: secondsOf(took),
        podsPerSecond: Math.round((replicas * 1000) / took),
        podReadyMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
      };
    });
    const after = await revisions(cluster, signal);
    const writesPerPod = Object.fromEntries(
      Object.keys(after).map((log) => [log, round((after[log] - before[log]) / replicas)]),
    );
    return { pods, figures: { replicas, ...figures, writesPerPod } };
  });

/** A change of the template until every pod is of the new one, and the old ones are gone. */
export const roll = (cluster, name, pods, replicas, options, signal) =>
  step(`rolling ${replicas} replicas`, async () => {
    const isNew = ({ metadata }) => metadata.annotations?.round === '2';
    const figures = await withCpu(cluster, async () => {
      const patch = { spec: { template: { metadata: { annotations: { round: '2' } } } } };
      await cluster.client.patch({ ...deployments, name }, 'strategic', patch, { signal });
      let fewest = replicas;
      const isDone = () => {
        fewest = Math.min(fewest, pods.ready());
        return pods.ready(isNew) === replicas && pods.all().length === replicas;
      };
      const state = () => `${pods.ready(isNew)} of ${replicas} are new and Ready, ${pods.all().length} there`;
      const took = await duration(isDone, state, options, signal);
      return { seconds: secondsOf(took), podsPerSecond: Math.round((replicas * 1000) / took), fewestReady: fewest };
    });
    return { replicas, ...figures };
  });

/** Nodes that fail at once: until they are known to be lost, until as many pods run elsewhere, until nothing is left of it. */
export async function kill(cluster, pods, replicas, options, signal) {
  const names = options.kill === 1 ? 'node-1' : `node-1..node-${options.kill}`;
  const lost = new Set(Array.from({ length: options.kill }, (_, i) => `node-${i + 1}`));
  const survives = ({ spec }) => !lost.has(spec.nodeName);
  const affected = replicas - pods.ready(survives);
  const healed = await step(`${options.kill} nodes fail: ${affected} pods replaced`, () =>
    withCpu(cluster, async () => {
      await cluster.switchNodes('stop', names);
      const isNoticed = () => pods.ready() < replicas || affected === 0;
      const state = () => `${pods.ready(survives)} of ${replicas} pods are Ready on living nodes`;
      const noticed = await duration(isNoticed, state, options, signal);
      const replaced = await duration(() => pods.ready(survives) >= replicas, state, options, signal);
      return { noticedSeconds: secondsOf(noticed), seconds: secondsOf(noticed + replaced) };
    }),
  );
  const back = await step('the nodes come back, the lost pods are cleared away', () =>
    withCpu(cluster, async () => {
      await cluster.switchNodes('start', names);
      const isClear = () => pods.all().length === replicas && pods.ready() === replicas;
      const state = () => `${pods.all().length} pods are there`;
      return { seconds: secondsOf(await duration(isClear, state, options, signal)) };
    }),
  );
  return { nodes: options.kill, pods: affected, tolerationSeconds: options.tolerate, ...healed, back };
}
