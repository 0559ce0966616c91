import {
  hasReason,
  labelMatcher,
  matchesLabels,
  metaTime,
  StatusError,
  timeout,
  type KubeObject,
  type PodDisruptionBudget,
} from '@shiplog/domain';
import { isReady, sparesUnhealthy, withDisruption } from './disruption-budget.js';
import type { Eviction } from './pod-removal.js';

const budgets = { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' };

/**
 * Takes the disruption from the pod's budget, if it has one. `spared`: the budget that lets the pod go for being unhealthy, at no cost.
 * @throws StatusError 429 if the budget allows none, 500 if there are two budgets
 */
export async function spendBudget({ gateway, pod, request, now }: Eviction): Promise<{ readonly spared?: string }> {
  const { cache, registry, resources } = gateway;
  const { namespace = '', name = '', labels = {} } = pod.metadata;
  const all = cache.list<PodDisruptionBudget>(budgets, namespace);
  const [budget, another] = all.filter(({ spec }) => matchesLabels(labelMatcher(spec.selector), labels));
  if (another)
    throw new StatusError(
      500,
      'Unknown',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const resource = resources.find(budgets);
  if (budget === undefined || resource === undefined) return {};
  const budgetName = budget.metadata.name ?? '';
  if (!isReady(pod) && sparesUnhealthy(budget)) return { spared: budgetName };
  const take = (current: KubeObject): KubeObject =>
    withDisruption(structuredClone(current) as PodDisruptionBudget, name, metaTime(now));
  try {
    await registry.update(resource, namespace, budgetName, take, { ...request, subresource: 'status' });
  } catch (error) {
    if (!hasReason(error, 'Conflict')) throw error;
    throw timeout(`couldn't update PodDisruptionBudget ${JSON.stringify(budgetName)} due to conflicts`, 10);
  }
  return {};
}
