import type { KubeObject, Pod, ReplicaSet } from '@shiplog/domain';
import { pods as podType, replicaSets } from '@shiplog/client';
import {
  create,
  lookAgainAfter,
  plan,
  remove,
  setStatus,
  type Action,
  type Announcement,
  type CreateAction,
  type Plan,
} from '@shiplog/controller-runtime';
import { adoption, claim, releasing } from '../../objects/claim.js';
import { controllerReference, isDeleting } from '../../objects/ownership.js';
import { availableIn, isActive, isTerminating } from '../../objects/pod-state.js';
import { replicaSetStatus } from './replica-set.status.js';
import { leastValuable } from './victims.js';

export interface ReplicaSetWorld {
  readonly replicaSet: ReplicaSet;
  /** Its own pods and those of the namespace that nobody controls. */
  readonly pods: readonly Pod[];
  /** Active pods of all ReplicaSets with the same owner. */
  readonly related: readonly Pod[];
}

/** At most so many pods are created or deleted at one look. */
const burst = 500;

/** What must change so that a ReplicaSet has the pods it asks for. Pure: same world, same plan. */
export function planReplicaSet({ replicaSet, pods, related }: ReplicaSetWorld, now: Date): Plan {
  const { selector, replicas = 1, minReadySeconds = 0 } = replicaSet.spec ?? {};
  const { adopt, release, owned } = claim(
    replicaSet,
    selector,
    pods.filter((pod) => isActive(pod) || isTerminating(pod)),
  );
  const active = owned.filter(isActive);
  const terminating = owned.filter(isTerminating);
  return plan(
    ...adopt.map((pod) => adoption(podType, pod, replicaSet, replicaSets)),
    ...release.map((pod) => releasing(podType, pod, replicaSet)),
    ...(isDeleting(replicaSet) ? [] : scaling(replicaSet, active, replicas, related, now)),
    setStatus(replicaSetStatus(replicaSet, { active, terminating }, now), {
      ifFailed: (failure) => replicaSetStatus(replicaSet, { active, terminating }, now, failure),
    }),
    nextAvailability(active, minReadySeconds, now),
  );
}

function scaling(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  replicas: number,
  related: readonly Pod[],
  now: Date,
): Action[] {
  const missing = replicas - active.length;
  if (missing >= 0) return Array.from({ length: Math.min(missing, burst) }, () => podOf(replicaSet));
  const victims = leastValuable(active, Math.min(-missing, burst), related, now);
  return victims.map((pod) => remove(podType, pod, undefined, deletionNotices));
}

const creationNotices: Announcement = {
  done: { type: 'Normal', reason: 'SuccessfulCreate', message: 'Created pod: {name}' },
  failed: { type: 'Warning', reason: 'FailedCreate', message: 'Error creating: {error}' },
};
const deletionNotices: Announcement = {
  done: { type: 'Normal', reason: 'SuccessfulDelete', message: 'Deleted pod: {name}' },
  failed: { type: 'Warning', reason: 'FailedDelete', message: 'Error deleting: {error}' },
};

/** A pod from the template. */
function podOf(replicaSet: ReplicaSet): CreateAction {
  const { metadata, spec } = replicaSet.spec?.template ?? {};
  const { labels, annotations, finalizers } = metadata ?? {};
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: podPrefix(replicaSet.metadata.name ?? ''),
      namespace: replicaSet.metadata.namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerReference(replicaSet, replicaSets)],
    },
    spec,
  };
  return create(podType, pod, creationNotices);
}

/** The dash is left out where it would make the prefix longer than a name may be. */
const podPrefix = (name: string): string => (name.length < 253 ? `${name}-` : name);

/** The moment when the next ready pod will have been ready for long enough. */
function nextAvailability(active: readonly Pod[], minReadySeconds: number, now: Date): Plan | undefined {
  const waits = active.map((pod) => availableIn(pod, minReadySeconds, now) ?? 0).filter((ms) => ms > 0);
  return waits.length > 0 ? lookAgainAfter(Math.min(...waits)) : undefined;
}
