import {
  labelMatcher,
  matchesLabels,
  type ClusterRole,
  type ClusterRoleBinding,
  type KubeObject,
  type Role,
  type RoleBinding,
  type RoleRef,
  type UserInfo,
} from '@shiplog/domain';
import type { ObjectChange, ObjectFeed } from '../object-feed.js';
import type { PolicyRule } from './policy-rule.js';
import { subjectKey, subjectKeysOf, type Subject } from './subjects.js';

type Binding = RoleBinding | ClusterRoleBinding;

/** One rule that applies to a user, and through which binding it does. */
export interface Grant {
  readonly rule: PolicyRule;
  readonly binding: KubeObject;
  readonly roleRef: RoleRef;
  /** Whom the binding names, that the user is or belongs to. */
  readonly subject: Subject;
}

const rbac = 'rbac.authorization.k8s.io';
const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

/**
 * Roles by name and bindings by whom they grant to, kept up to date from the watch cache, so that a decision looks at what
 * concerns its user only. ClusterRoles with an aggregation rule hold what the roles that it selects hold at this moment.
 */
export class PolicyIndex {
  private readonly clusterRoles = new Map<string, ClusterRole>();
  private readonly roles = new Map<string, Role>();
  private readonly bindings = new Map<string, Binding>();
  /** `<namespace>|<subject key>` → bindings; the empty namespace holds the ClusterRoleBindings. */
  private readonly bySubject = new Map<string, Map<string, Binding>>();
  private aggregated = new Map<string, readonly PolicyRule[]>();

  follow(feed: ObjectFeed): this {
    feed.follow({ group: rbac, plural: 'clusterroles' }, (change) => this.applyClusterRole(change));
    feed.follow({ group: rbac, plural: 'roles' }, (change) => this.applyRole(change));
    feed.follow({ group: rbac, plural: 'clusterrolebindings' }, (change) => this.applyBinding(change));
    feed.follow({ group: rbac, plural: 'rolebindings' }, (change) => this.applyBinding(change));
    return this;
  }

  applyClusterRole({ type, object }: ObjectChange): void {
    const name = object.metadata.name ?? '';
    if (type === 'deleted') this.clusterRoles.delete(name);
    else this.clusterRoles.set(name, object as ClusterRole);
    this.aggregated = new Map();
  }

  applyRole({ type, object }: ObjectChange): void {
    if (type === 'deleted') this.roles.delete(keyOf(object));
    else this.roles.set(keyOf(object), object as Role);
  }

  applyBinding({ type, object }: ObjectChange): void {
    const key = keyOf(object);
    const known = this.bindings.get(key);
    if (known) for (const place of places(known)) this.bySubject.get(place)?.delete(key);
    if (type === 'deleted') {
      this.bindings.delete(key);
      return;
    }
    const binding = object as Binding;
    this.bindings.set(key, binding);
    for (const place of places(binding)) {
      const there = this.bySubject.get(place) ?? new Map<string, Binding>();
      this.bySubject.set(place, there.set(key, binding));
    }
  }

  /** The rules behind a reference; undefined if there is no such role. `namespace`: where the binding is. */
  rulesOf({ kind, name }: Pick<RoleRef, 'kind' | 'name'>, namespace: string): readonly PolicyRule[] | undefined {
    if (kind === 'ClusterRole') return this.clusterRoleRules(name);
    return kind === 'Role' ? this.roles.get(`${namespace}/${name}`)?.rules : undefined;
  }

  /** Every rule that applies to a user cluster-wide and in the namespace, if one is given. Reports references to no role. */
  *grantsTo(user: UserInfo, namespace: string, missing?: (ref: RoleRef) => void): Generator<Grant> {
    const scopes = namespace === '' ? [''] : ['', namespace];
    const keys = subjectKeysOf(user);
    const seen = new Set<Binding>();
    for (const scope of scopes) {
      for (const key of keys) {
        for (const binding of this.bySubject.get(`${scope}|${key}`)?.values() ?? []) {
          if (seen.has(binding)) continue;
          seen.add(binding);
          const rules = this.rulesOf(binding.roleRef, scope);
          if (rules === undefined) missing?.(binding.roleRef);
          const { roleRef, subjects = [] } = binding;
          const subject = subjects.find((one) => keys.includes(subjectKey(one, scope) ?? '')) as Subject;
          for (const rule of rules ?? []) yield { rule, binding, roleRef, subject };
        }
      }
    }
  }

  private clusterRoleRules(name: string): readonly PolicyRule[] | undefined {
    const role = this.clusterRoles.get(name);
    const selectors = role?.aggregationRule?.clusterRoleSelectors ?? [];
    if (role === undefined) return undefined;
    if (selectors.length === 0) return role.rules ?? [];
    const known = this.aggregated.get(name);
    if (known) return known;
    // A role in the middle of a chain of aggregation must not be asked for itself again.
    this.aggregated.set(name, []);
    const rules = [...this.clusterRoles.values()]
      .filter(
        (other) =>
          other !== role && selectors.some((selector) => matchesLabels(labelMatcher(selector), other.metadata.labels)),
      )
      .flatMap((other) => this.clusterRoleRules(other.metadata.name ?? '') ?? []);
    this.aggregated.set(name, rules);
    return rules;
  }
}

/** Where a binding is filed. */
const places = ({ subjects, metadata }: Binding): string[] => {
  const namespace = metadata.namespace ?? '';
  return (subjects ?? []).flatMap((subject) => {
    const key = subjectKey(subject, namespace);
    return key === undefined ? [] : [`${namespace}|${key}`];
  });
};
