import { deepEqual, labelMatcher, matchesLabels, type ClusterRole, type PolicyRule } from '@shiplog/domain';
import { clusterRoles, keyOf } from '@shiplog/client';
import { defineController, nothing, patch, plan, watch, type Plan } from '@shiplog/controller-runtime';

export interface AggregationWorld {
  readonly role: ClusterRole;
  readonly others: readonly ClusterRole[];
}

/** An aggregated ClusterRole has the rules of all that its selectors take, in order of their names, each rule once. Pure. */
export function planAggregation({ role, others }: AggregationWorld): Plan {
  const matchers = (role.aggregationRule?.clusterRoleSelectors ?? []).map(labelMatcher);
  if (!role.aggregationRule) return nothing;
  const name = ({ metadata }: ClusterRole): string => metadata.name ?? '';
  const rules = others
    .filter((other) => name(other) !== name(role) && matchers.some((m) => matchesLabels(m, other.metadata.labels)))
    .sort((a, b) => (name(a) < name(b) ? -1 : 1))
    .flatMap((other) => other.rules ?? [])
    .reduce<PolicyRule[]>((list, rule) => (list.some((known) => deepEqual(known, rule)) ? list : [...list, rule]), []);
  return deepEqual(rules, role.rules ?? []) ? nothing : plan(patch(clusterRoles, role, 'merge', { rules }));
}

export const clusterRoleAggregationController = defineController<ClusterRole, AggregationWorld>({
  name: 'clusterrole-aggregation-controller',
  reconciles: clusterRoles,
  workers: 1,
  watches: [
    watch(clusterRoles, (_change, read) =>
      read(clusterRoles)
        .all()
        .filter(({ aggregationRule }) => aggregationRule)
        .map(keyOf),
    ),
  ],
  observe: (role, read) => ({ role, others: role.aggregationRule ? read(clusterRoles).all() : [] }),
  decide: planAggregation,
});
