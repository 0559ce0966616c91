import {
  deepEqual,
  forbidden,
  notFound,
  type AdmissionRequest,
  type ClusterRole,
  type KubeObject,
  type RoleBinding,
} from '@shiplog/domain';
import { resourceAttributes } from '../../../authorization/attributes.js';
import type { Authorize } from '../../../authorization/authorizers.js';
import { escalation, fullAuthority } from '../../../authorization/rbac/escalation.js';
import type { PolicyIndex } from '../../../authorization/rbac/policy-index.js';
import { mastersGroup } from '../../../authorization/system-masters.authorizer.js';
import type { AdmissionPlugin } from '../../admission-plugin.js';

const group = 'rbac.authorization.k8s.io';
const roleKinds = ['roles', 'clusterroles'];
const bindingKinds = ['rolebindings', 'clusterrolebindings'];

/**
 * Nobody hands on permissions that they do not hold, neither in a role nor by binding one; unless they may `escalate` roles or
 * `bind` that role. Works on what is about to be stored, so it comes last among the mutating plugins.
 */
export const roleEscalation = (policies: PolicyIndex, authorize: Authorize): AdmissionPlugin => ({
  name: 'RoleEscalation',
  handles: ({ operation, resource, user }) =>
    (operation === 'CREATE' || operation === 'UPDATE') &&
    resource.group === group &&
    [...roleKinds, ...bindingKinds].includes(resource.plural) &&
    !user.groups.includes(mastersGroup),
  admit: async (request) => {
    if (changesOwnersOnly(request)) return undefined;
    if (roleKinds.includes(request.resource.plural)) await confirmRole(request, policies, authorize);
    else await confirmBinding(request, policies, authorize);
    return undefined;
  },
});

async function confirmRole(request: AdmissionRequest, policies: PolicyIndex, authorize: Authorize): Promise<void> {
  const { user, resource, namespace, name } = request;
  const role = request.object as ClusterRole;
  const question = resourceAttributes(user, { verb: 'escalate', group, resource: resource.plural, namespace, name });
  if ((await authorize(question)).decision === 'allow') return;
  const problem = escalation(policies, user, namespace, role.rules ?? []);
  if (problem !== undefined) throw forbidden(resource, name, problem);
  const gathers = aggregates(role) || aggregates(request.oldObject as ClusterRole | undefined);
  if (gathers && escalation(policies, user, '', fullAuthority) !== undefined)
    throw forbidden(resource, name, 'must have cluster-admin privileges to use the aggregationRule');
}

async function confirmBinding(request: AdmissionRequest, policies: PolicyIndex, authorize: Authorize): Promise<void> {
  const { user, resource, namespace, name } = request;
  const { roleRef } = request.object as RoleBinding;
  const plural = { ClusterRole: 'clusterroles', Role: 'roles' }[roleRef.kind];
  // What refers to no kind of role is for validation to refuse.
  if (plural === undefined) return;
  const bind = { verb: 'bind', group: roleRef.apiGroup ?? group, resource: plural, namespace, name: roleRef.name };
  if ((await authorize(resourceAttributes(user, bind))).decision === 'allow') return;
  const rules = policies.rulesOf(roleRef, namespace);
  if (rules === undefined) throw notFound(resource, roleRef.name);
  const problem = escalation(policies, user, namespace, rules);
  if (problem !== undefined) throw forbidden(resource, name, problem);
}

const aggregates = (role: ClusterRole | undefined): boolean =>
  (role?.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0;

/** The garbage collector takes owners and finalizers off whatever it must; that grants nothing. */
function changesOwnersOnly({ object, oldObject }: AdmissionRequest): boolean {
  if (object === undefined || oldObject === undefined) return false;
  const rest = ({ metadata, ...fields }: KubeObject): unknown => {
    const { ownerReferences: _o, finalizers: _f, managedFields: _m, selfLink: _s, ...meta } = metadata;
    return { ...fields, metadata: meta };
  };
  return deepEqual(rest(object), rest(oldObject));
}
