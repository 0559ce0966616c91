import { forbidden, type Pod, type PodDisruptionBudget, type StatusError } from '@shiplog/domain';
import { tooManyRequests } from '../action-answer.js';

type Status = NonNullable<PodDisruptionBudget['status']>;

const maxDisruptedPods = 2000;
const message = "Cannot evict pod as it would violate the pod's disruption budget.";

export const hasEndedOrIsGoing = ({ metadata, status }: Pod): boolean =>
  ['Succeeded', 'Failed'].includes(status?.phase ?? '') || metadata.deletionTimestamp !== undefined;

/** Pods that are not running, or going already, disrupt nothing: no budget is asked for them. */
export const disruptsNothing = (pod: Pod): boolean => hasEndedOrIsGoing(pod) || pod.status?.phase === 'Pending';

export const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

/** An unhealthy pod may go, whatever the budget, if it counts for nothing or if enough others are well. */
export function sparesUnhealthy({ spec, status }: PodDisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

/** 429 while the budget is being worked on: come again. */
export const stillProcessed = (name: string): StatusError =>
  tooManyRequests(
    message,
    { reason: 'DisruptionBudget', message: `The disruption budget ${name} is still being processed by the server.` },
    10,
  );

/** The budget with one disruption taken from it, for this pod. Pure. @throws StatusError if there is none to take. */
export function withDisruption(budget: PodDisruptionBudget, pod: string, now: string): PodDisruptionBudget {
  const { metadata, status = {} } = budget;
  const name = metadata.name ?? '';
  const resource = { group: 'policy', plural: 'poddisruptionbudget' };
  const { disruptionsAllowed = 0, disruptedPods = {} } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) throw stillProcessed(name);
  if (disruptionsAllowed < 0) throw forbidden(resource, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > maxDisruptedPods)
    throw forbidden(resource, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (disruptionsAllowed === 0)
    throw tooManyRequests(message, { reason: 'DisruptionBudget', message: whyNone(budget) }, 0);
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: disruptionsAllowed - 1,
      disruptedPods: { ...disruptedPods, [pod]: now },
      ...(disruptionsAllowed === 1 ? { conditions: spent(status, now) } : {}),
    },
  };
}

/** The conditions of a budget whose last disruption has been taken. */
function spent({ conditions = [], observedGeneration }: Status, now: string): NonNullable<Status['conditions']> {
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: now,
  };
  const at = conditions.findIndex(({ type }) => type === condition.type);
  return at < 0 ? [...conditions, condition] : conditions.with(at, condition);
}

function whyNone({ metadata: { name }, status = {} }: PodDisruptionBudget): string {
  const condition = status.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const refusal = condition?.status === 'False' && condition.message ? condition : undefined;
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  const notNow = `The disruption budget ${name} does not allow evicting pods currently`;
  if (refusal?.reason === 'SyncFailed') return `${notNow} because it failed sync: ${refusal.message}`;
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return refusal ? `${notNow} (${refusal.reason}): ${refusal.message}` : notNow;
}
