import { hasReason, type KubeObject } from '@shiplog/domain';
import { uncoveredRules, type PolicyRule } from '../authorization/rbac/policy-rule.js';
import { bootstrapPolicy } from './bootstrap-policy.js';

/** How the policy gets into the cluster: through the registry, as the gateway itself. All may throw StatusError. */
export interface PolicyStore {
  get(plural: string, namespace: string, name: string): Promise<KubeObject | undefined>;
  create(plural: string, object: KubeObject): Promise<unknown>;
  update(plural: string, object: KubeObject): Promise<unknown>;
  delete(plural: string, namespace: string, name: string): Promise<unknown>;
}

interface Policy extends KubeObject {
  rules?: PolicyRule[];
  aggregationRule?: unknown;
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}

const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';

/**
 * What a bootstrap role or binding must become so that it grants at least what it should; what an administrator has added stays.
 * Undefined: nothing to do. 'recreate': a binding that refers to another role cannot be changed. Pure.
 */
export function reconciled(current: Policy, wanted: Policy): Policy | 'recreate' | undefined {
  if (current.metadata.annotations?.[autoupdate] === 'false') return undefined;
  if (!sameRole(current, wanted)) return 'recreate';
  const labels = { ...wanted.metadata.labels, ...current.metadata.labels };
  const annotations = { ...wanted.metadata.annotations, ...current.metadata.annotations };
  const metadata = { ...current.metadata, labels, annotations };
  const additions = { ...missingRules(current, wanted), ...missingSubjects(current, wanted) };
  const marked = sameSize(labels, current.metadata.labels) && sameSize(annotations, current.metadata.annotations);
  return marked && Object.keys(additions).length === 0 ? undefined : { ...current, metadata, ...additions };
}

const sameRole = (current: Policy, { roleRef }: Policy): boolean =>
  roleRef === undefined || (current.roleRef?.kind === roleRef.kind && current.roleRef.name === roleRef.name);

/** The rules of an aggregated role are not its own. */
function missingRules({ rules = [] }: Policy, wanted: Policy): Pick<Policy, 'rules'> {
  const missing = wanted.aggregationRule ? [] : uncoveredRules(rules, wanted.rules ?? []);
  return missing.length === 0 ? {} : { rules: [...rules, ...missing] };
}

function missingSubjects({ subjects = [] }: Policy, wanted: Policy): Pick<Policy, 'subjects'> {
  const held = new Set(subjects.map(subjectText));
  const missing = (wanted.subjects ?? []).filter((subject) => !held.has(subjectText(subject)));
  return missing.length === 0 ? {} : { subjects: [...subjects, ...missing] };
}

const subjectText = ({ kind, namespace = '', name }: { kind: string; name: string; namespace?: string }): string =>
  `${kind}/${namespace}/${name}`;
const sameSize = (left: object, right: object | undefined): boolean =>
  Object.keys(left).length === Object.keys(right ?? {}).length;

const pluralOf = (object: KubeObject): string => `${object.kind.toLowerCase()}s`;

/**
 * Creates the roles and bindings that every cluster has and mends those that lack something. Idempotent; several gateways may
 * do it at once. The namespaces kube-system and kube-public must exist.
 */
export async function reconcileBootstrapPolicy(store: PolicyStore): Promise<void> {
  for (const wanted of bootstrapPolicy()) {
    try {
      await reconcileOne(store, wanted);
    } catch (error) {
      // Another gateway was quicker; it writes the same.
      if (!hasReason(error, 'AlreadyExists') && !hasReason(error, 'Conflict')) throw error;
    }
  }
}

async function reconcileOne(store: PolicyStore, wanted: KubeObject): Promise<void> {
  const plural = pluralOf(wanted);
  const { namespace = '', name = '' } = wanted.metadata;
  const current = await store.get(plural, namespace, name);
  if (current === undefined) {
    await store.create(plural, wanted);
    return;
  }
  const next = reconciled(current as Policy, wanted as Policy);
  if (next === undefined) return;
  if (next !== 'recreate') {
    await store.update(plural, next);
    return;
  }
  await store.delete(plural, namespace, name);
  await store.create(plural, wanted);
}
