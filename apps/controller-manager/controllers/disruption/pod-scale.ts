import type { KubeObject, OwnerReference, Pod } from '@shiplog/domain';
import { deployments, replicaSets, replicationControllers, statefulSets, type ResourceType } from '@shiplog/client';
import type { Read } from '@shiplog/controller-runtime';
import { controllerOf } from '../../objects/ownership.js';

/** How many pods whoever controls a pod wants: nobody controls it, somebody does, or it cannot be said why. */
export type PodScale =
  | { readonly is: 'unmanaged' }
  | { readonly is: 'controlled'; readonly uid: string; readonly replicas: number }
  | { readonly is: 'unknown'; readonly why: string };

/** A pod that a budget selects. */
export interface SelectedPod {
  readonly pod: Pod;
  readonly scale: PodScale;
}

interface Scaled extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

/** Kinds whose `spec.replicas` counts pods. */
export const scaledKinds: readonly ResourceType[] = [replicaSets, deployments, statefulSets, replicationControllers];

const groupOf = ({ apiVersion }: OwnerReference): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
const typeOf = (owner: OwnerReference): ResourceType | undefined =>
  scaledKinds.find(({ kind, group }) => kind === owner.kind && group === groupOf(owner));

/** The very object that is referred to, not a namesake. */
function referred(owner: OwnerReference | undefined, namespace: string, read: Read): Scaled | undefined {
  const type = owner && typeOf(owner);
  const found = type && read(type as ResourceType<Scaled>).get(namespace, owner.name);
  return found?.metadata.uid === owner?.uid ? found : undefined;
}

/** The scale behind a pod: that of the Deployment, if its ReplicaSet has one. */
export function scaleOf(pod: Pod, read: Read): PodScale {
  const { namespace = '', name = '' } = pod.metadata;
  const owner = controllerOf(pod);
  if (!owner) return { is: 'unmanaged' };
  if (!typeOf(owner)) {
    const group = groupOf(owner);
    const resource = `${owner.kind.toLowerCase()}s${group === '' ? '' : `.${group}`}`;
    return { is: 'unknown', why: `${resource} does not implement the scale subresource` };
  }
  const controller = referred(owner, namespace, read);
  if (!controller) return { is: 'unknown', why: `found no controllers for pod ${JSON.stringify(name)}` };
  const top = referred(controllerOf(controller), namespace, read) ?? controller;
  return { is: 'controlled', uid: top.metadata.uid ?? '', replicas: top.spec?.replicas ?? 1 };
}
