// The Deployments of the benchmark, and what a watch tells of their pods.
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpWatchSource, Informer, resourceType } from '@shiplog/client';
import { Failure } from '../../../scripts/progress.mjs';

const pods = resourceType('', 'v1', 'Pod', 'pods');
export const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'default' };

/** A Deployment of hollow pods that leave a lost node after `tolerate` seconds. Pure. */
export function deployment(name, replicas, { tolerate }) {
  const tolerations = ['not-ready', 'unreachable'].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: tolerate,
  }));
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { round: '1' } },
        spec: {
          tolerations,
          containers: [{ name: 'app', image: 'example/app:1', resources: { requests: { cpu: '10m' } } }],
        },
      },
    },
  };
}

const isReady = ({ metadata, status }) =>
  !metadata.deletionTimestamp &&
  status?.phase === 'Running' &&
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;

/** Follows the pods of one app. Times are milliseconds since the epoch, as this process saw it. */
export class FollowedPods {
  seenAt = new Map();
  readyAt = new Map();

  constructor(client, app, signal) {
    const source = new HttpWatchSource(client, pods, { namespace: 'default', labelSelector: `app=${app}` });
    this.informer = new Informer(pods, source);
    this.informer.onChange(({ current: { object } }) => {
      const { uid } = object.metadata;
      if (!this.seenAt.has(uid)) this.seenAt.set(uid, Date.now());
      if (isReady(object) && !this.readyAt.has(uid)) this.readyAt.set(uid, Date.now());
    });
    this.running = source.run(signal);
  }

  all() {
    return this.informer.lister.all();
  }

  ready(where = () => true) {
    return this.all().filter((pod) => isReady(pod) && where(pod)).length;
  }

  /** From when a pod was first seen to when it was ready, sorted. */
  latencies() {
    return [...this.readyAt].map(([uid, at]) => at - this.seenAt.get(uid)).sort((a, b) => a - b);
  }
}

/** Milliseconds until `isDone`. @throws Failure with `state` when the time is up. */
export async function duration(isDone, state, { timeout }, signal) {
  const startedAt = performance.now();
  while (!isDone()) {
    if (performance.now() - startedAt > timeout * 1000) throw new Failure(`not done after ${timeout} s: ${state()}`);
    await sleep(50, undefined, { signal });
  }
  return performance.now() - startedAt;
}
