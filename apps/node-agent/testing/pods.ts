import type { Container, PodSpec, PodStatus } from '@shiplog/domain';
import { containerHash } from '../pods/container-hash.js';
import type { StoredPod } from '../pods/pod.js';
import {
  containerHashAnnotation,
  type ObservedContainer,
  type ObservedPod,
  type ObservedSandbox,
} from '../runtime/pod-runtime.js';

/** Noon of a day, the `now` of the tables. */
export const noon = Date.UTC(2026, 0, 1, 12);

export const aContainer = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: 'example/app:1',
  ...more,
});

export function aPod(
  spec: Partial<PodSpec> = {},
  status?: PodStatus,
  metadata: Partial<StoredPod['metadata']> = {},
): StoredPod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-web', generation: 1, resourceVersion: '7', ...metadata },
    spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, containers: [aContainer('app')], ...spec },
    ...(status ? { status } : {}),
  } as StoredPod;
}

export const aSandbox = (more: Partial<ObservedSandbox> = {}): ObservedSandbox => ({
  id: 's0',
  attempt: 0,
  ready: true,
  createdAt: noon - 60_000,
  ips: ['10.201.0.2'],
  annotations: {},
  ...more,
});

/** A run of a container, by default running in sandbox s0 as first attempt. */
export const aRun = (name: string, more: Partial<ObservedContainer> = {}): ObservedContainer => ({
  id: `${name}-${more.attempt ?? 0}`,
  sandboxId: 's0',
  name,
  attempt: 0,
  state: 'running',
  createdAt: noon - 50_000,
  startedAt: noon - 49_000,
  image: 'example/app:1',
  imageId: 'sha256:1',
  annotations: { [containerHashAnnotation]: containerHash(aContainer(name)) },
  ...more,
});

export const exited = (name: string, exitCode: number, more: Partial<ObservedContainer> = {}): ObservedContainer =>
  aRun(name, { state: 'exited', exitCode, finishedAt: noon - 20_000, ...more });

export const seen = (sandboxes: readonly ObservedSandbox[], containers: readonly ObservedContainer[]): ObservedPod => ({
  uid: 'uid-web',
  name: 'web',
  namespace: 'default',
  sandboxes,
  containers,
});
