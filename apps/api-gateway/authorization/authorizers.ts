import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from './authorizer.js';
import { nodeAuthorizer } from './node/node.authorizer.js';
import type { NodeGraph } from './node/node-graph.js';
import type { PolicyIndex } from './rbac/policy-index.js';
import type { PolicyRule } from './rbac/policy-rule.js';
import { rbacAuthorizer } from './rbac/rbac.authorizer.js';
import { systemMastersAuthorizer } from './system-masters.authorizer.js';

export interface AuthorizerParts {
  readonly policies: PolicyIndex;
  readonly nodeGraph: NodeGraph;
  /** What every node may do: the rules of the bootstrap ClusterRole system:node. */
  readonly nodeRules: readonly PolicyRule[];
}

/** Everything that can permit a request, in the order of asking. */
export const authorizers = ({ policies, nodeGraph, nodeRules }: AuthorizerParts): readonly Authorizer[] => [
  systemMastersAuthorizer,
  nodeAuthorizer(nodeGraph, nodeRules),
  rbacAuthorizer(policies),
];

export type Authorize = (asked: AuthorizationAttributes) => Promise<AuthorizationDecision>;

/** Asks one after another: the first that allows or denies decides. If none does, all their reasons are given. */
export const authorizeWith =
  (list: readonly Authorizer[]): Authorize =>
  async (asked) => {
    const reasons: string[] = [];
    for (const authorizer of list) {
      const answer = await authorizer.authorize(asked);
      if (answer.decision !== 'no-opinion') return answer;
      if (answer.reason !== '') reasons.push(answer.reason);
    }
    return { decision: 'no-opinion', reason: reasons.join('\n') };
  };
