import { labelMatcher, matchesLabels, type PodDisruptionBudget } from '@shiplog/domain';
import type { PodRecord } from '../framework/pod-record.js';

/** The PodDisruptionBudgets of a namespace. */
export type BudgetsIn = (namespace: string) => readonly PodDisruptionBudget[];

const selectsNothing = ({ spec }: PodDisruptionBudget): boolean =>
  Object.keys(spec?.selector?.matchLabels ?? {}).length === 0 && (spec?.selector?.matchExpressions ?? []).length === 0;

/**
 * Those of the pods whose eviction, one after the other, would leave a budget with fewer pods than it asks for. Pods that are being evicted
 * already count against no budget; a budget without a selector protects nobody.
 */
export function violating(pods: readonly PodRecord[], budgetsIn: BudgetsIn): ReadonlySet<PodRecord> {
  const left = new Map<PodDisruptionBudget, number>();
  const isLast = (budget: PodDisruptionBudget): boolean => {
    const allowed = (left.get(budget) ?? budget.status?.disruptionsAllowed ?? 0) - 1;
    left.set(budget, allowed);
    return allowed < 0;
  };
  const violates = (record: PodRecord): boolean => {
    const { labels = {} } = record.pod.metadata;
    if (Object.keys(labels).length === 0) return false;
    const charged = budgetsIn(record.namespace).filter(
      (budget) =>
        !selectsNothing(budget) &&
        matchesLabels(labelMatcher(budget.spec?.selector), labels) &&
        budget.status?.disruptedPods?.[record.name] === undefined,
    );
    // Each budget is charged, whichever of them is the first to be exceeded.
    return charged.map(isLast).includes(true);
  };
  return new Set(pods.filter(violates));
}
