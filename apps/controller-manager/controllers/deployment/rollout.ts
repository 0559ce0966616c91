import type { Deployment, ReplicaSet } from '@shiplog/domain';
import { isRollingUpdate, maxSurge, maxUnavailable, replicasOf } from './limits.js';
import { desiredReplicasOf, maxReplicasOf } from './revision.js';

/** The ReplicaSets of a Deployment: the one of its present template, if there is one yet, and the others, oldest first. */
export interface ReplicaSets {
  readonly newest: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
}

/** New sizes by ReplicaSet name. Names without an entry stay as they are. */
export type Sizes = ReadonlyMap<string, number>;

const nameOf = ({ metadata }: ReplicaSet): string => metadata.name ?? '';
export const availableOf = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
export const isInUse = (replicaSet: ReplicaSet): boolean => replicasOf(replicaSet) > 0;
const allOf = ({ newest, old }: ReplicaSets): ReplicaSet[] => (newest ? [...old, newest] : [...old]);

/** How many replicas the newest ReplicaSet may have now, given what the others have. */
export function newestSize(deployment: Deployment, { newest, old }: ReplicaSets): number {
  const wanted = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return wanted;
  const current = newest ? replicasOf(newest) : 0;
  if (current >= wanted) return wanted;
  const room = wanted + maxSurge(deployment) - (sum(old.map(replicasOf)) + current);
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/** A status that has not heard of the last change of the size counts pods that are on their way out. */
const stayingAvailable = (replicaSet: ReplicaSet): number => Math.min(availableOf(replicaSet), replicasOf(replicaSet));

/** New sizes of the old ReplicaSets: replicas that never became available go first, then as many as availability allows. */
export function shrunkOld(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): Sizes {
  const inUse = old.filter(isInUse);
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newestUnavailable = replicasOf(newest) - availableOf(newest);
  const removable = sum(inUse.map(replicasOf)) + replicasOf(newest) - minAvailable - newestUnavailable;
  if (inUse.length === 0 || removable <= 0) return new Map();
  const sizes = new Map(inUse.map((replicaSet) => [nameOf(replicaSet), replicasOf(replicaSet)]));
  const take = (replicaSet: ReplicaSet, atMost: number, left: number): number => {
    const taken = Math.max(0, Math.min(atMost, left));
    sizes.set(nameOf(replicaSet), (sizes.get(nameOf(replicaSet)) ?? 0) - taken);
    return left - taken;
  };
  let unhealthy = removable;
  for (const replicaSet of inUse)
    unhealthy = take(replicaSet, replicasOf(replicaSet) - availableOf(replicaSet), unhealthy);
  let spare = sum([...inUse, newest].map(stayingAvailable)) - minAvailable;
  for (const replicaSet of inUse) spare = take(replicaSet, sizes.get(nameOf(replicaSet)) ?? 0, spare);
  return sizes;
}

/** Whether the Deployment was resized since its ReplicaSets were: then their proportions stay, and nothing is rolled out. */
export const isBeingScaled = (deployment: Deployment, sets: ReplicaSets): boolean =>
  allOf(sets)
    .filter(isInUse)
    .some((replicaSet) => (desiredReplicasOf(replicaSet) ?? replicasOf(deployment)) !== replicasOf(deployment));

function isSaturated(deployment: Deployment, replicaSet: ReplicaSet | undefined): boolean {
  const wanted = replicasOf(deployment);
  if (!replicaSet || desiredReplicasOf(replicaSet) !== wanted) return false;
  return replicasOf(replicaSet) === wanted && availableOf(replicaSet) === wanted;
}

/** New sizes after the Deployment was resized (or while it is paused): all to the only one in use, else in proportion. */
export function scaledSizes(deployment: Deployment, sets: ReplicaSets): Sizes {
  const wanted = replicasOf(deployment);
  const inUse = allOf(sets).filter(isInUse);
  if (inUse.length <= 1) {
    const only = inUse[0] ?? sets.newest ?? sets.old.at(-1);
    return only ? new Map([[nameOf(only), wanted]]) : new Map();
  }
  if (isSaturated(deployment, sets.newest)) return new Map(sets.old.filter(isInUse).map((old) => [nameOf(old), 0]));
  return isRollingUpdate(deployment) ? proportionalSizes(deployment, inUse) : new Map();
}

/**
 * Shares what is to be added or removed among the ReplicaSets in use by their size, largest first, so that scaling in the middle of a
 * rollout neither hurries nor undoes it. What rounding leaves goes to the largest.
 */
function proportionalSizes(deployment: Deployment, inUse: readonly ReplicaSet[]): Sizes {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - sum(inUse.map(replicasOf));
  // `inUse` is in order of age: of equals the newer grows first and the older shrinks first.
  const byAge = toAdd > 0 ? [...inUse].reverse() : [...inUse];
  const ordered = byAge.sort((a, b) => replicasOf(b) - replicasOf(a));
  const sizes = new Map<string, number>();
  let left = toAdd;
  for (const replicaSet of ordered) {
    const share = shareOf(deployment, replicaSet);
    const given = left === 0 ? 0 : toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    sizes.set(nameOf(replicaSet), replicasOf(replicaSet) + given);
    left -= given;
  }
  const largest = ordered[0];
  if (largest) sizes.set(nameOf(largest), Math.max(0, (sizes.get(nameOf(largest)) ?? 0) + left));
  return sizes;
}

/** What a ReplicaSet would gain or lose if it kept its proportion of the Deployment. */
function shareOf(deployment: Deployment, replicaSet: ReplicaSet): number {
  const size = replicasOf(replicaSet);
  const wanted = replicasOf(deployment);
  if (wanted === 0) return -size;
  const before = maxReplicasOf(replicaSet) || (deployment.status?.replicas ?? 0);
  return before === 0 ? 0 : Math.round((size * (wanted + maxSurge(deployment))) / before) - size;
}
