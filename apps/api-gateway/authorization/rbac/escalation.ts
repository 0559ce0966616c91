import type { UserInfo } from '@shiplog/domain';
import type { PolicyIndex } from './policy-index.js';
import { compactRules, describeRule, uncoveredRules, type PolicyRule } from './policy-rule.js';

/**
 * Why a user may not grant these rules: nobody hands on what they do not hold. Undefined if the user holds them all, in the
 * namespace or cluster-wide.
 */
export function escalation(
  policies: PolicyIndex,
  user: UserInfo,
  namespace: string,
  wanted: readonly PolicyRule[],
): string | undefined {
  const held = [...policies.grantsTo(user, namespace)].map(({ rule }) => rule);
  const missing = compactRules(uncoveredRules(held, wanted)).map(describeRule);
  if (missing.length === 0) return undefined;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  const lines = [...new Set(missing)].sort().join('\n');
  return `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${lines}`;
}

/** All there is to hold; what an aggregation rule may gather. */
export const fullAuthority: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];
