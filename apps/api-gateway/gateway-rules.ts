import { admissionChain } from './admission/admission-chain.js';
import { admissionPlugins } from './admission/plugins.js';
import type { GatewayParts, GatewayRules } from './assemble-gateway.js';
import { authenticators, tokenAuthenticators } from './authentication/authenticators.js';
import { readServiceAccountKeys } from './authentication/service-account-token/service-account-keys.js';
import { authorizers, authorizeWith } from './authorization/authorizers.js';
import { cacheFeed } from './authorization/cache-feed.js';
import { NodeGraph } from './authorization/node/node-graph.js';
import { PolicyIndex } from './authorization/rbac/policy-index.js';
import { clusterRoleRules } from './bootstrap-policy/bootstrap-policy.js';
import type { ClusterCache } from './watch-cache/cluster-cache.js';

/** Who may do what: the lists of authenticators, authorizers, admission plugins and subresources, put to work on a cache that has started. */
export function gatewayRules({ configuration }: GatewayParts, cache: ClusterCache): GatewayRules {
  const audiences = [configuration.serviceAccountIssuer];
  const tokens = tokenAuthenticators({
    keys: readServiceAccountKeys(configuration.pkiFolder),
    issuer: configuration.serviceAccountIssuer,
    audiences,
    ...(configuration.tokenFile ? { tokenFile: configuration.tokenFile } : {}),
    read: cache,
    now: () => new Date(),
  });
  const feed = cacheFeed(cache);
  const policies = new PolicyIndex().follow(feed);
  const nodeGraph = new NodeGraph().follow(feed);
  const authorize = authorizeWith(authorizers({ policies, nodeGraph, nodeRules: clusterRoleRules('system:node') }));
  return {
    authenticators: authenticators(tokens, audiences),
    authorize,
    admission: admissionChain(admissionPlugins({ policies, authorize, random: Math.random })),
    subresources: [],
  };
}
