import type { KubeObject, RoleRef } from '@shiplog/domain';
import type { Authorizer } from '../authorizer.js';
import type { Grant, PolicyIndex } from './policy-index.js';
import { ruleAllows } from './policy-rule.js';
import type { Subject } from './subjects.js';

/** Permits what a role says that is bound to the user or one of the user's groups. Never denies. */
export const rbacAuthorizer = (policies: PolicyIndex): Authorizer => ({
  name: 'RBAC',
  authorize: (asked) => {
    const missing: string[] = [];
    const noteMissing = (ref: RoleRef): number => missing.push(missingRole(ref));
    for (const grant of policies.grantsTo(asked.user, asked.isResource ? asked.namespace : '', noteMissing)) {
      if (ruleAllows(grant.rule, asked))
        return { decision: 'allow', reason: `RBAC: allowed by ${describeGrant(grant)}` };
    }
    const problems = [...new Set(missing)];
    const reason = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
    return { decision: 'no-opinion', reason: problems.length === 0 ? '' : `RBAC: ${reason}` };
  },
});

const missingRole = ({ kind, name }: RoleRef): string =>
  `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;

const describeGrant = ({ binding, roleRef, subject }: Grant): string =>
  `${binding.kind} ${JSON.stringify(bindingName(binding))} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${describeSubject(subject, binding)}`;

const describeSubject = ({ kind, name, namespace }: Subject, { metadata }: KubeObject): string => {
  const home = namespace || metadata.namespace;
  return `${kind} ${JSON.stringify(kind === 'ServiceAccount' ? `${name}/${home}` : name)}`;
};

const bindingName = ({ metadata }: KubeObject): string =>
  metadata.namespace ? `${metadata.name}/${metadata.namespace}` : (metadata.name ?? '');
