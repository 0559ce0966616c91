import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '@shiplog/domain';
import { conditionOf, timestamp, withoutCondition } from '../../objects/conditions.js';
import { maxUnavailable, replicasOf } from './limits.js';
import { availableOf, type ReplicaSets } from './rollout.js';

type Conditions = readonly DeploymentCondition[];

const sum = (counts: readonly (number | undefined)[]): number =>
  counts.reduce<number>((total, count) => total + (count ?? 0), 0);

const allOf = ({ newest, old }: ReplicaSets): ReplicaSet[] => (newest ? [...old, newest] : [...old]);

/** What the ReplicaSets' statuses add up to, with the condition Available. Pure. */
export function countedStatus(
  deployment: Deployment,
  sets: ReplicaSets,
  conditions: Conditions,
  now: Date,
): DeploymentStatus {
  const all = allOf(sets);
  const available = sum(all.map(availableOf));
  const isAvailable = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: sum(all.map(({ status }) => status?.replicas)) || undefined,
    updatedReplicas: sets.newest?.status?.replicas || undefined,
    readyReplicas: sum(all.map(({ status }) => status?.readyReplicas)) || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, sum(all.map(replicasOf)) - available) || undefined,
    terminatingReplicas: terminatingReplicas(all),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withDeploymentCondition(
      conditions,
      isAvailable
        ? ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.']
        : ['Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'],
      now,
    ),
  };
}

/** Unknown as soon as one ReplicaSet that has been looked at does not say. */
function terminatingReplicas(all: readonly ReplicaSet[]): number | undefined {
  const silent = all.some(({ status }) => status?.observedGeneration && status.terminatingReplicas === undefined);
  return silent ? undefined : sum(all.map(({ status }) => status?.terminatingReplicas));
}

/** type, status, reason, message */
export type Verdict = readonly [string, 'True' | 'False' | 'Unknown', string, string];

/** Sets the condition unless it says the same already; a condition that changes its reason moves to the end, as clients know it. */
export function withDeploymentCondition(conditions: Conditions, verdict: Verdict, now: Date): DeploymentCondition[] {
  const [type, status, reason, message] = verdict;
  const known = conditionOf(conditions, type);
  if (known?.status === status && known.reason === reason) return [...conditions];
  const time = timestamp(now);
  const lastTransitionTime = known?.status === status ? known.lastTransitionTime : time;
  const condition = { type, status, lastUpdateTime: time, lastTransitionTime, reason, message };
  return [...withoutCondition(conditions, type), condition];
}

export const hasProgressDeadline = ({ spec }: Deployment): boolean =>
  spec?.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2 ** 31 - 1;

/** All replicas are of the present template and available, and no old ones are left. */
export const isComplete = (deployment: Deployment, status: DeploymentStatus = {}): boolean => {
  const wanted = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
};

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const oldOnes = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldOnes(after) < oldOnes(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** The counted status with the conditions Progressing and ReplicaFailure, as a rollout has them. Pure. */
export function rolloutStatus(
  deployment: Deployment,
  sets: ReplicaSets,
  conditions: Conditions,
  now: Date,
): DeploymentStatus {
  const counted = countedStatus(deployment, sets, conditions, now);
  const progressed = progressConditions(deployment, sets, counted, conditions, now);
  const failure = allOf({ newest: undefined, old: sets.newest ? [sets.newest, ...sets.old] : sets.old })
    .map(({ status }) => conditionOf(status?.conditions, 'ReplicaFailure'))
    .find((condition) => condition !== undefined);
  const others = withoutCondition(progressed, 'ReplicaFailure');
  const shown = conditionOf(progressed, 'ReplicaFailure');
  const isShown = failure && shown?.status === failure.status && shown.reason === failure.reason;
  return {
    ...counted,
    conditions: isShown
      ? progressed
      : failure
        ? [...others, { ...failure, lastUpdateTime: failure.lastTransitionTime }]
        : others,
  };
}

function progressConditions(
  deployment: Deployment,
  { newest }: ReplicaSets,
  status: DeploymentStatus,
  before: Conditions,
  now: Date,
): DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const known = conditionOf(before, 'Progressing');
  const isSettled =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && known?.reason === 'NewReplicaSetAvailable';
  if (isSettled) return conditions;
  const subject = newest ? `ReplicaSet "${newest.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status))
    return withDeploymentCondition(
      conditions,
      ['Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`],
      now,
    );
  if (hasProgressed(deployment.status ?? {}, status))
    return progressing(conditions, known, `${subject} is progressing.`, now);
  if (deadlinePassed(deployment, known, now))
    return withDeploymentCondition(
      conditions,
      ['Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`],
      now,
    );
  return conditions;
}

/** Each progress restarts the deadline: the time of update moves even if nothing else does. */
function progressing(conditions: Conditions, known: DeploymentCondition | undefined, message: string, now: Date) {
  const others = withoutCondition(conditions, 'Progressing');
  const time = timestamp(now);
  const lastTransitionTime = known?.status === 'True' ? known.lastTransitionTime : time;
  const reason = 'ReplicaSetUpdated';
  return [
    ...others,
    { type: 'Progressing', status: 'True', lastUpdateTime: time, lastTransitionTime, reason, message },
  ];
}

const deadlineOf = ({ spec }: Deployment, { lastUpdateTime }: DeploymentCondition): number =>
  Date.parse(lastUpdateTime ?? '') + (spec?.progressDeadlineSeconds ?? 0) * 1000;

function deadlinePassed(deployment: Deployment, known: DeploymentCondition | undefined, now: Date): boolean {
  if (!known || known.reason === 'NewReplicaSetAvailable') return false;
  return known.reason === 'ProgressDeadlineExceeded' || deadlineOf(deployment, known) < now.getTime();
}

/** In how many ms it has to be seen whether the rollout still moves; undefined if that is not awaited. */
export function progressCheckIn(deployment: Deployment, status: DeploymentStatus, now: Date): number | undefined {
  const known = conditionOf(status.conditions, 'Progressing');
  if (!hasProgressDeadline(deployment) || !known || isComplete(deployment, status)) return undefined;
  if (known.reason === 'ProgressDeadlineExceeded' || known.reason === 'NewReplicaSetAvailable') return undefined;
  return Math.max(0, deadlineOf(deployment, known) - now.getTime()) + 1000;
}
