import type { KubeObject } from '@shiplog/domain';
import type { PolicyRule } from '../authorization/rbac/policy-rule.js';
import type { Subject } from '../authorization/rbac/subjects.js';
import defaults from './default-policy.json' with { type: 'json' };

/** A rule in one line: `verbs resources groups [names]`, or `verbs /paths`; lists with commas; `core` is the empty group. */
type RuleLine = string;

interface RoleFacts {
  readonly rules?: readonly RuleLine[];
  /** Adds its rules to this one of admin, edit and view. */
  readonly aggregateTo?: string;
  /** Consists of the roles that aggregate to this. */
  readonly aggregates?: string;
}
interface BindingFacts {
  /** `ClusterRole/name` */
  readonly roleRef: string;
  /** `Group/name`, `User/name` or `ServiceAccount/namespace/name` */
  readonly subjects: readonly string[];
}

const group = 'rbac.authorization.k8s.io';
const aggregation = (to: string): Record<string, string> => ({ [`${group}/aggregate-to-${to}`]: 'true' });

export function parseRule(line: RuleLine): PolicyRule {
  const [verbs = '', what = '', groups, names] = line.split(' ');
  if (groups === undefined) return { nonResourceURLs: what.split(','), verbs: verbs.split(',') };
  return {
    apiGroups: groups.split(',').map((name) => (name === 'core' ? '' : name)),
    resources: what.split(','),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
    verbs: verbs.split(','),
  };
}

function parseSubject(text: string): Subject & { apiGroup?: string } {
  const [kind = '', ...rest] = text.split('/');
  return kind === 'ServiceAccount'
    ? { kind, namespace: rest[0] ?? '', name: rest[1] ?? '' }
    : { apiGroup: group, kind, name: rest.join('/') };
}

function bootstrapObject(kind: string, key: string, labels: Record<string, string>, fields: object): KubeObject {
  const [name = '', namespace] = key.split('/').reverse();
  return {
    apiVersion: `${group}/v1`,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    },
    ...fields,
  };
}

const clusterRoles: Readonly<Record<string, RoleFacts>> = defaults.clusterRoles;

/** The rules of one bootstrap ClusterRole, those that it aggregates included, each once. */
export function clusterRoleRules(name: string): PolicyRule[] {
  const { rules = [], aggregates } = clusterRoles[name] ?? {};
  if (aggregates === undefined) return rules.map(parseRule);
  const gathered = Object.entries(clusterRoles)
    .filter(([, { aggregateTo }]) => aggregateTo === aggregates)
    .flatMap(([other]) => clusterRoleRules(other));
  const seen = new Map(gathered.map((rule) => [JSON.stringify(rule), rule]));
  return [...seen.values()];
}

const clusterRole = ([name, { aggregateTo, aggregates }]: [string, RoleFacts]): KubeObject =>
  bootstrapObject('ClusterRole', name, aggregateTo === undefined ? {} : aggregation(aggregateTo), {
    ...(aggregates === undefined
      ? {}
      : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregation(aggregates) }] } }),
    rules: clusterRoleRules(name),
  });

function binding(kind: string, key: string, { roleRef, subjects }: BindingFacts): KubeObject {
  const [roleKind, name] = roleRef.split(/\/(.*)/);
  return bootstrapObject(
    kind,
    key,
    {},
    {
      roleRef: { apiGroup: group, kind: roleKind, name },
      ...(subjects.length > 0 ? { subjects: subjects.map(parseSubject) } : {}),
    },
  );
}

/** What a node of ours does besides running pods: it routes Services and answers for the cluster's DNS. */
const nodeNetworkRules: readonly RuleLine[] = ['get,list,watch endpointslices discovery.k8s.io'];

/** What every node may do, as far as it is not narrowed to what concerns the node. */
export const nodeRules = (): PolicyRule[] => [...clusterRoleRules('system:node'), ...nodeNetworkRules.map(parseRule)];

/** Every role and binding that a cluster starts with, roles first. Fresh objects at each call. */
export const bootstrapPolicy = (): KubeObject[] => [
  ...Object.entries(clusterRoles).map(clusterRole),
  ...Object.entries(defaults.roles).map(([key, { rules }]) =>
    bootstrapObject('Role', key, {}, { rules: rules.map(parseRule) }),
  ),
  ...Object.entries(defaults.clusterRoleBindings).map(([key, facts]) => binding('ClusterRoleBinding', key, facts)),
  ...Object.entries(defaults.roleBindings).map(([key, facts]) => binding('RoleBinding', key, facts)),
];
