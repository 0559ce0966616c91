import { scaledValue, type Pod, type PodDisruptionBudget, type PodDisruptionBudgetStatus } from '@shiplog/domain';
import { timestamp, withCondition } from '../../objects/conditions.js';
import { isDeleting } from '../../objects/ownership.js';
import { isReady } from '../../objects/pod-state.js';
import type { SelectedPod } from './pod-scale.js';

/** An evicted pod that is not being deleted after this time stays: its eviction has failed. */
const deletionTimeoutMs = 2 * 60_000;

export interface Expectation {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  readonly unmanaged: readonly Pod[];
}

const failed = (failure: string): { readonly failure: string } => ({ failure });

/** How many pods there should be and how many of them well. A number counts the pods there are; a share, those that their controllers want. */
export function expectation({ spec = {} }: PodDisruptionBudget, pods: readonly SelectedPod[]) {
  const { minAvailable, maxUnavailable } = spec;
  const share = maxUnavailable ?? minAvailable;
  if (share === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] };
  if (maxUnavailable === undefined && typeof share === 'number')
    return { expectedPods: pods.length, desiredHealthy: share, unmanaged: [] };
  const scale = expectedScale(pods);
  if ('failure' in scale) return scale;
  const scaled = scaledValue(share, scale.expectedPods, 'up');
  if (scaled === undefined) return failed(`${JSON.stringify(share)} is neither a number nor a percentage`);
  const desiredHealthy = maxUnavailable === undefined ? scaled : Math.max(0, scale.expectedPods - scaled);
  return { ...scale, desiredHealthy };
}

/** The sum of what the pods' controllers want, each counted once. */
function expectedScale(pods: readonly SelectedPod[]) {
  const replicas = new Map<string, number>();
  const unmanaged: Pod[] = [];
  for (const { pod, scale } of pods) {
    if (scale.is === 'unknown') return failed(scale.why);
    if (scale.is === 'unmanaged') unmanaged.push(pod);
    else replicas.set(scale.uid, scale.replicas);
  }
  return { expectedPods: [...replicas.values()].reduce((sum, count) => sum + count, 0), unmanaged };
}

export interface DisruptedPods {
  /** Evicted pods that are not being deleted yet, as the budget notes them. */
  readonly awaited: Readonly<Record<string, string>>;
  readonly overdue: readonly Pod[];
  readonly recheckInMs?: number;
}

/** What has become of the pods whose eviction the budget has noted. */
export function disruptedPods({ status }: PodDisruptionBudget, pods: readonly SelectedPod[], now: Date): DisruptedPods {
  const noted = pods.flatMap(({ pod }) => {
    const evictedAt = status?.disruptedPods?.[pod.metadata.name ?? ''];
    if (evictedAt === undefined || isDeleting(pod)) return [];
    return [{ pod, evictedAt, leftMs: Date.parse(evictedAt) + deletionTimeoutMs - now.getTime() }];
  });
  const awaited = noted.filter(({ leftMs }) => leftMs >= 0);
  return {
    awaited: Object.fromEntries(awaited.map(({ pod, evictedAt }) => [pod.metadata.name ?? '', evictedAt])),
    overdue: noted.filter(({ leftMs }) => leftMs < 0).map(({ pod }) => pod),
    ...(awaited.length > 0 ? { recheckInMs: Math.min(...awaited.map(({ leftMs }) => leftMs)) } : {}),
  };
}

type BudgetCondition = NonNullable<PodDisruptionBudgetStatus['conditions']>[number];

const disruptionAllowed = (
  { status }: PodDisruptionBudget,
  {
    message = '',
    ...condition
  }: Pick<BudgetCondition, 'status' | 'reason' | 'observedGeneration'> & { message?: string },
  now: Date,
): BudgetCondition[] =>
  withCondition<BudgetCondition>(
    status?.conditions,
    { type: 'DisruptionAllowed', ...condition, message, lastTransitionTime: timestamp(now) },
    now,
  );

/** The status of a budget whose pods could be counted. Where none are expected none may go: their first ones are not known yet. Pure. */
export function disruptionStatus(
  budget: PodDisruptionBudget,
  pods: readonly SelectedPod[],
  { expectedPods, desiredHealthy }: Expectation,
  awaited: DisruptedPods['awaited'],
  now: Date,
): PodDisruptionBudgetStatus {
  const currentHealthy = pods.filter(
    ({ pod }) => !isDeleting(pod) && !(String(pod.metadata.name) in awaited) && isReady(pod),
  ).length;
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const observedGeneration = budget.metadata.generation;
  const condition =
    disruptionsAllowed > 0
      ? { status: 'True', reason: 'SufficientPods' }
      : { status: 'False', reason: 'InsufficientPods' };
  return {
    observedGeneration,
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    ...(Object.keys(awaited).length > 0 ? { disruptedPods: { ...awaited } } : {}),
    conditions: disruptionAllowed(budget, { ...condition, observedGeneration }, now),
  };
}

/** The status as it was, but that nothing may be disrupted, and why. Pure. */
export function syncFailedStatus(budget: PodDisruptionBudget, failure: string, now: Date): PodDisruptionBudgetStatus {
  const { status } = budget;
  const observedGeneration = status?.observedGeneration;
  const condition = { status: 'False', reason: 'SyncFailed', message: failure, observedGeneration };
  return { ...status, disruptionsAllowed: 0, conditions: disruptionAllowed(budget, condition, now) };
}
