import {
  deepEqual,
  type Deployment,
  type DeploymentCondition,
  type DeploymentStatus,
  type Pod,
  type ReplicaSet,
} from '@shiplog/domain';
import { deployments, replicaSets as replicaSetType } from '@shiplog/client';
import {
  create,
  lookAgainAfter,
  plan,
  remove,
  setStatus,
  tell,
  update,
  type Action,
  type Notice,
  type Plan,
} from '@shiplog/controller-runtime';
import { adoption, claim, releasing } from '../../objects/claim.js';
import { conditionOf } from '../../objects/conditions.js';
import { isControlledBy, isDeleting } from '../../objects/ownership.js';
import { hasEnded } from '../../objects/pod-state.js';
import {
  countedStatus,
  hasProgressDeadline,
  isComplete,
  progressCheckIn,
  rolloutStatus,
  withDeploymentCondition,
} from './deployment.status.js';
import { isRollingUpdate, replicasOf } from './limits.js';
import { newReplicaSet, runsTemplateOf } from './new-replica-set.js';
import { newestAnnotations, nextRevision, revisionAnnotation, revisionOf, sizeAnnotations } from './revision.js';
import { isBeingScaled, isInUse, newestSize, scaledSizes, shrunkOld, type ReplicaSets, type Sizes } from './rollout.js';

export interface DeploymentWorld {
  readonly deployment: Deployment;
  /** Its own ReplicaSets and those of the namespace that nobody controls. */
  readonly replicaSets: readonly ReplicaSet[];
  /** The pods of its own ReplicaSets. */
  readonly pods: readonly Pod[];
  /** Whoever has the name that the next new ReplicaSet would get. */
  readonly namesake?: ReplicaSet;
}

/** What must change so that a Deployment's pods become those of its template, within its limits. Pure: same world, same plan. */
export function planDeployment(world: DeploymentWorld, now: Date): Plan {
  const { deployment, replicaSets } = world;
  if (selectsAll(deployment)) return refusal(deployment);
  const { adopt, release, owned } = claim(deployment, deployment.spec?.selector, replicaSets);
  const sets = setsOf(deployment, owned);
  if (isDeleting(deployment))
    return setStatus(countedStatus(deployment, sets, deployment.status?.conditions ?? [], now));
  return plan(
    ...adopt.map((replicaSet) => adoption(replicaSetType, replicaSet, deployment, deployments)),
    ...release.map((replicaSet) => releasing(replicaSetType, replicaSet, deployment)),
    // An adopted one is written by its adoption: it is looked at again with that done.
    ...(adopt.length > 0 ? [] : [steps(world, sets, now)]),
  );
}

const selectsAll = ({ spec }: Deployment): boolean =>
  Object.keys(spec?.selector?.matchLabels ?? {}).length === 0 && !spec?.selector?.matchExpressions?.length;

const refusal = (deployment: Deployment): Plan =>
  plan(
    tell({
      type: 'Warning',
      reason: 'SelectingAll',
      message: 'This deployment is selecting all pods. A non-empty selector is required.',
    }),
    setStatus({ ...deployment.status, observedGeneration: deployment.metadata.generation }),
  );

/** Oldest first; of several that run the present template the oldest is the newest revision. */
function setsOf(deployment: Deployment, owned: readonly ReplicaSet[]): ReplicaSets {
  const time = ({ metadata }: ReplicaSet): string => `${metadata.creationTimestamp ?? ''}/${metadata.name}`;
  const sorted = [...owned].sort((a, b) => (time(a) < time(b) ? -1 : 1));
  const newest = sorted.find((replicaSet) => runsTemplateOf(replicaSet, deployment));
  return { newest, old: sorted.filter((replicaSet) => replicaSet !== newest) };
}

function steps(world: DeploymentWorld, sets: ReplicaSets, now: Date): Plan {
  const { deployment } = world;
  const conditions = pauseConditions(deployment, now);
  if (deployment.spec?.paused || isBeingScaled(deployment, sets)) {
    const cleanup = deployment.spec?.paused ? expired(deployment, sets.old) : [];
    return plan(
      ...resizing(deployment, sets, scaledSizes(deployment, sets)),
      ...cleanup,
      setStatus(countedStatus(deployment, sets, conditions, now), revisionNote(revisionOfNewest(deployment, sets))),
    );
  }
  if (isRollingUpdate(deployment)) return rollingUpdate(world, sets, conditions, now);
  return recreate(world, sets, conditions, now);
}

function rollingUpdate(world: DeploymentWorld, sets: ReplicaSets, conditions: DeploymentCondition[], now: Date): Plan {
  const { deployment } = world;
  if (!sets.newest) return creation(world, sets, conditions, now);
  const size = newestSize(deployment, sets);
  const name = sets.newest.metadata.name ?? '';
  const sizes: Sizes =
    size === replicasOf(sets.newest) ? shrunkOld(deployment, sets.newest, sets.old) : new Map([[name, size]]);
  return rolledOut(deployment, sets, sizes, conditions, now);
}

/** Everything old goes before anything new comes. */
function recreate(world: DeploymentWorld, sets: ReplicaSets, conditions: DeploymentCondition[], now: Date): Plan {
  const { deployment } = world;
  const inUse = sets.old.filter(isInUse);
  if (inUse.length > 0)
    return rolledOut(deployment, sets, new Map(inUse.map(({ metadata }) => [metadata.name ?? '', 0])), conditions, now);
  if (oldPodsRun(world, sets)) return rolledOut(deployment, sets, new Map(), conditions, now);
  if (!sets.newest) return creation(world, sets, conditions, now);
  const name = sets.newest.metadata.name ?? '';
  return rolledOut(deployment, sets, new Map([[name, replicasOf(deployment)]]), conditions, now);
}

/** An old ReplicaSet that has not heard yet that it is to be empty may still be making pods. */
const oldPodsRun = ({ pods }: DeploymentWorld, { newest, old }: ReplicaSets): boolean =>
  old.some(
    ({ metadata, status }) =>
      (status?.replicas ?? 0) > 0 || (status?.observedGeneration ?? 0) < (metadata.generation ?? 0),
  ) || pods.some((pod) => !hasEnded(pod) && !(newest && isControlledBy(pod, newest)));

function rolledOut(
  deployment: Deployment,
  sets: ReplicaSets,
  sizes: Sizes,
  conditions: DeploymentCondition[],
  now: Date,
): Plan {
  const found = foundConditions(deployment, sets, conditions, now);
  const status = rolloutStatus(deployment, sets, found, now);
  const actions = resizing(deployment, sets, sizes);
  const isResting = actions.every(({ do: verb }) => verb !== 'update') && isComplete(deployment, deployment.status);
  return plan(
    ...actions,
    ...(isResting ? expired(deployment, sets.old) : []),
    setStatus(status, revisionNote(revisionOfNewest(deployment, sets))),
    progressCheck(deployment, status, now),
  );
}

function progressCheck(deployment: Deployment, status: DeploymentStatus, now: Date): Plan | undefined {
  const ms = progressCheckIn(deployment, status, now);
  return ms === undefined ? undefined : lookAgainAfter(ms);
}

/** A Deployment that gets its deadline late starts its clock when the ReplicaSet is seen. */
function foundConditions(
  deployment: Deployment,
  { newest }: ReplicaSets,
  conditions: DeploymentCondition[],
  now: Date,
) {
  if (!newest || !hasProgressDeadline(deployment) || conditionOf(conditions, 'Progressing')) return conditions;
  const message = `Found new replica set "${newest.metadata.name}"`;
  return withDeploymentCondition(conditions, ['Progressing', 'True', 'FoundNewReplicaSet', message], now);
}

/** While paused a rollout's clock stands still. */
function pauseConditions(deployment: Deployment, now: Date): DeploymentCondition[] {
  const conditions = deployment.status?.conditions ?? [];
  const known = conditionOf(conditions, 'Progressing')?.reason;
  const isPaused = deployment.spec?.paused ?? false;
  if (!hasProgressDeadline(deployment) || known === 'ProgressDeadlineExceeded') return conditions;
  if (isPaused === (known === 'DeploymentPaused')) return conditions;
  return withDeploymentCondition(
    conditions,
    isPaused
      ? ['Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused']
      : ['Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed'],
    now,
  );
}

/** The ReplicaSets that must be written: other sizes, and the newest one's revision and what it inherits. */
function resizing(deployment: Deployment, { newest, old }: ReplicaSets, sizes: Sizes): Action[] {
  const sized = (replicaSet: ReplicaSet): ReplicaSet => {
    const replicas = sizes.get(replicaSet.metadata.name ?? '');
    if (replicas === undefined) return replicaSet;
    // Its share was reckoned from these, so they are renewed together, even if the share is what it was.
    const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(deployment) };
    return {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, annotations },
      spec: { ...replicaSet.spec, replicas },
    } as ReplicaSet;
  };
  const updates = old.map((replicaSet) => [replicaSet, sized(replicaSet)] as const);
  const newestUpdates = newest ? [[newest, sized(asNewest(deployment, newest, old))] as const] : [];
  return [...newestUpdates, ...updates]
    .filter(([before, after]) => !deepEqual(before, after))
    .map(([before, after]) => update(replicaSetType, after, { done: scalingNotice(before, after) }));
}

function asNewest(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): ReplicaSet {
  const annotations = newestAnnotations(deployment, newest.metadata.annotations ?? {}, nextRevision(old));
  const { minReadySeconds } = deployment.spec ?? {};
  const spec =
    (newest.spec?.minReadySeconds ?? 0) === (minReadySeconds ?? 0) ? newest.spec : { ...newest.spec, minReadySeconds };
  return { ...newest, metadata: { ...newest.metadata, annotations }, spec } as ReplicaSet;
}

/** The Deployment tells its revision; written with the status, since it is no wish of the user's. */
const revisionNote = (revision: string | undefined): { annotations?: Record<string, string> } =>
  revision === undefined ? {} : { annotations: { [revisionAnnotation]: revision } };

const revisionOfNewest = (deployment: Deployment, { newest, old }: ReplicaSets): string | undefined =>
  newest && asNewest(deployment, newest, old).metadata.annotations?.[revisionAnnotation];

function scalingNotice(before: ReplicaSet, after: ReplicaSet): Notice | undefined {
  const [from, to] = [replicasOf(before), replicasOf(after)];
  if (from === to) return undefined;
  const direction = from < to ? 'up' : 'down';
  return {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${direction} replica set ${after.metadata.name} from ${from} to ${to}`,
  };
}

/** The ReplicaSet of the present template, as large as it may be at once. A foreign namesake makes the hash be chosen anew. */
function creation(world: DeploymentWorld, sets: ReplicaSets, conditions: DeploymentCondition[], now: Date): Plan {
  const { deployment, namesake } = world;
  if (namesake) {
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    return setStatus({ ...deployment.status, collisionCount });
  }
  const replicaSet = newReplicaSet(deployment);
  const replicas = newestSize(deployment, { newest: undefined, old: sets.old });
  const revision = nextRevision(sets.old);
  const annotations = { ...newestAnnotations(deployment, {}, revision), ...sizeAnnotations(deployment) };
  const created = {
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations },
    spec: { ...replicaSet.spec, replicas },
  } as ReplicaSet;
  const name = created.metadata.name ?? '';
  const empty = { ...created, spec: { ...created.spec, replicas: 0 } } as ReplicaSet;
  const failed = (error: string): string => `Failed to create new replica set "${name}": ${error}`;
  const verdict = ['Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`] as const;
  const progressing = hasProgressDeadline(deployment) ? withDeploymentCondition(conditions, verdict, now) : conditions;
  const status = rolloutStatus(deployment, { newest: created, old: sets.old }, progressing, now);
  return plan(
    create(replicaSetType, created, {
      done: scalingNotice(empty, created),
      failed: { type: 'Warning', reason: 'ReplicaSetCreateError', message: failed('{error}') },
    }),
    setStatus(status, {
      ...revisionNote(String(revision)),
      ifFailed: ({ message }) => ({
        ...countedStatus(deployment, sets, conditions, now),
        conditions: hasProgressDeadline(deployment)
          ? withDeploymentCondition(conditions, ['Progressing', 'False', 'ReplicaSetCreateError', failed(message)], now)
          : conditions,
      }),
    }),
    progressCheck(deployment, status, now),
  );
}

/** Old ReplicaSets beyond the history limit that hold nothing any more, lowest revision first. */
function expired(deployment: Deployment, old: readonly ReplicaSet[]): Action[] {
  const { revisionHistoryLimit } = deployment.spec ?? {};
  if (revisionHistoryLimit === undefined || revisionHistoryLimit === 2 ** 31 - 1) return [];
  const alive = old.filter((replicaSet) => !isDeleting(replicaSet));
  return [...alive]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, alive.length - revisionHistoryLimit))
    .filter(
      ({ metadata, spec, status }) =>
        (status?.replicas ?? 0) === 0 &&
        (spec?.replicas ?? 1) === 0 &&
        (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0),
    )
    .map((replicaSet) => remove(replicaSetType, replicaSet));
}
