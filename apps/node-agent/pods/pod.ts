import { resourceType } from '@shiplog/client';
import type { Container, ContainerStatus, ObjectMeta, Pod, PodSpec, PodStatus } from '@shiplog/domain';

/** A pod as the API serves it: with what the server always fills in. */
export type StoredPod = Pod & {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta & { name: string; namespace: string; uid: string };
  spec: PodSpec;
};

export const pods = resourceType<StoredPod>('', 'v1', 'Pod', 'pods');

/**
 * How a container takes part in its pod's life. A sidecar is an init container that keeps running beside the others; an ephemeral
 * one was added for a look at a running pod, and starts once.
 */
export type ContainerRole = 'init' | 'sidecar' | 'app' | 'ephemeral';

export interface PodContainer {
  readonly role: ContainerRole;
  readonly spec: Container;
}

/** All containers of a pod in the order in which they start. */
export const containersOf = ({ spec }: StoredPod): PodContainer[] => [
  ...(spec.initContainers ?? []).map((container): PodContainer => ({ role: initRole(container), spec: container })),
  ...spec.containers.map((container): PodContainer => ({ role: 'app', spec: container })),
  ...(spec.ephemeralContainers ?? []).map((container): PodContainer => ({ role: 'ephemeral', spec: container })),
];

const initRole = ({ restartPolicy }: Container): ContainerRole => (restartPolicy === 'Always' ? 'sidecar' : 'init');

/** What the pod's status says of a container, whatever its role. */
export const statusOf = (status: PodStatus | undefined, name: string): ContainerStatus | undefined =>
  [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ].find((container) => container.name === name);

export const keyOf = ({ metadata }: StoredPod): string => `${metadata.namespace}/${metadata.name}`;

export const isDeleting = ({ metadata }: StoredPod): boolean => metadata.deletionTimestamp !== undefined;

/** A phase that a pod never leaves again. */
export const isTerminal = ({ status }: StoredPod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** The seconds that a pod's containers get between SIGTERM and SIGKILL. */
export const gracePeriodOf = ({ metadata, spec }: StoredPod): number =>
  metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
