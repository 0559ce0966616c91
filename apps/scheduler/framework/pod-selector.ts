import { labelMatcher, matchesLabels, type LabelMatcher, type LabelSelector, type Labels } from '@shiplog/domain';

/** A set of pods: by labels, in some namespaces. Equal identities select equally. */
export interface PodSelector {
  readonly identity: string;
  readonly namespaces: readonly string[];
  /** Namespaces by their labels, beside the named ones; without requirements: all. */
  readonly namespaceMatcher?: LabelMatcher;
  readonly matcher: LabelMatcher;
  /** Pods that are going away do not count. */
  readonly livingOnly?: boolean;
}

/** The labels of a namespace, as the cluster has it. */
export type NamespaceLabels = (namespace: string) => Labels;

export interface LabelledPod {
  readonly namespace: string;
  readonly labels: Labels;
  readonly isTerminating?: boolean;
}

export function selectsPod(
  selector: PodSelector,
  { namespace, labels, isTerminating }: LabelledPod,
  labelsOf: NamespaceLabels,
): boolean {
  if (selector.livingOnly === true && isTerminating === true) return false;
  const inside =
    selector.namespaces.includes(namespace) ||
    (selector.namespaceMatcher !== undefined && matchesLabels(selector.namespaceMatcher, labelsOf(namespace)));
  return inside && matchesLabels(selector.matcher, labels);
}

interface Selection {
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  /** Keys whose values the selected pods share with the selecting one. */
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

/** The selection that a pod in `namespace` with `labels` states. Without namespaces it is its own. */
export function podSelector(selection: Selection, { namespace, labels }: LabelledPod): PodSelector {
  const { labelSelector, namespaces = [], namespaceSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = selection;
  const base = labelMatcher(labelSelector);
  const shared = (keys: readonly string[], operator: 'in' | 'notin') =>
    keys.flatMap((key) => {
      const value = labels[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const matcher: LabelMatcher = {
    ...base,
    requirements: [...base.requirements, ...shared(matchLabelKeys, 'in'), ...shared(mismatchLabelKeys, 'notin')],
  };
  const named = namespaces.length === 0 && namespaceSelector === undefined ? [namespace] : [...namespaces].sort();
  const namespaceMatcher = namespaceSelector === undefined ? undefined : labelMatcher(namespaceSelector);
  return {
    identity: JSON.stringify([named, namespaceMatcher?.requirements, matcher.requirements, matcher.nothing]),
    namespaces: named,
    ...(namespaceMatcher === undefined ? {} : { namespaceMatcher }),
    matcher,
  };
}

/** The living pods of one namespace that a matcher selects: what spreading counts. */
export const livingInNamespace = (matcher: LabelMatcher, namespace: string): PodSelector => ({
  identity: JSON.stringify([[namespace], 'living', matcher.requirements, matcher.nothing]),
  namespaces: [namespace],
  matcher,
  livingOnly: true,
});
