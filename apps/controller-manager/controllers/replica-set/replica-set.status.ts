import { labelsMatcher, matchesLabels, type Pod, type ReplicaSet, type ReplicaSetStatus } from '@shiplog/domain';
import type { Failure } from '@shiplog/controller-runtime';
import { conditionOf, timestamp, withoutCondition } from '../../objects/conditions.js';
import { availableIn, isReady } from '../../objects/pod-state.js';

export interface OwnedPods {
  readonly active: readonly Pod[];
  readonly terminating: readonly Pod[];
}

/** What the ReplicaSet's pods add up to. Pure. */
export function replicaSetStatus(
  replicaSet: ReplicaSet,
  { active, terminating }: OwnedPods,
  now: Date,
  failure?: Failure,
): ReplicaSetStatus {
  const { template, minReadySeconds = 0 } = replicaSet.spec ?? {};
  const templateLabels = labelsMatcher(template?.metadata?.labels);
  const conditions = replicaFailure(replicaSet, failure, now);
  return {
    replicas: active.length,
    fullyLabeledReplicas:
      active.filter((pod) => matchesLabels(templateLabels, pod.metadata.labels)).length || undefined,
    readyReplicas: active.filter(isReady).length || undefined,
    availableReplicas: active.filter((pod) => availableIn(pod, minReadySeconds, now) === 0).length || undefined,
    terminatingReplicas: terminating.length,
    observedGeneration: replicaSet.metadata.generation,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** ReplicaFailure stays as it first appeared until pods can be created and deleted again. */
function replicaFailure({ status }: ReplicaSet, failure: Failure | undefined, now: Date) {
  const others = withoutCondition(status?.conditions, 'ReplicaFailure');
  if (!failure) return others;
  const known = conditionOf(status?.conditions, 'ReplicaFailure');
  const reason = failure.action.do === 'delete' ? 'FailedDelete' : 'FailedCreate';
  const fresh = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: timestamp(now),
    reason,
    message: failure.message,
  };
  return [...others, known ?? fresh];
}
