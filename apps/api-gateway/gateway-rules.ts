import { admissionChain } from './admission/admission-chain.js';
import { admissionPlugins } from './admission/plugins.js';
import type { GatewayParts, GatewayRules } from './assemble-gateway.js';
import { authenticators, tokenAuthenticators } from './authentication/authenticators.js';
import { readServiceAccountKeys } from './authentication/service-account-token/service-account-keys.js';
import { authorizers, authorizeWith } from './authorization/authorizers.js';
import { cacheFeed } from './authorization/cache-feed.js';
import { NodeGraph } from './authorization/node/node-graph.js';
import { PolicyIndex } from './authorization/rbac/policy-index.js';
import { nodeRules } from './bootstrap-policy/bootstrap-policy.js';
import { openIdEndpoints } from './reviews/openid.endpoints.js';
import { reviews } from './reviews/reviews.js';
import { serviceAllocationPlugin, withServiceAllocation } from './service-allocation/allocating-services.js';
import { ServiceAllocation } from './service-allocation/service-allocation.js';
import { nodeConnection } from './subresources/node-connection.js';
import { subresources } from './subresources/subresources.js';
import type { ClusterCache } from './watch-cache/cluster-cache.js';

/** Who may do what: the lists of authenticators, authorizers, admission plugins and subresources, put to work on a cache, best before it fills. */
export function gatewayRules({ configuration, resources }: GatewayParts, cache: ClusterCache): GatewayRules {
  const { serviceAccountIssuer: issuer, pkiFolder, advertiseAddress, listenPort } = configuration;
  const audiences = [issuer];
  const keys = readServiceAccountKeys(pkiFolder);
  const tokens = tokenAuthenticators({
    keys,
    issuer,
    audiences,
    ...(configuration.tokenFile ? { tokenFile: configuration.tokenFile } : {}),
    read: cache,
    now: () => new Date(),
  });
  const feed = cacheFeed(cache);
  const policies = new PolicyIndex().follow(feed);
  const nodeGraph = new NodeGraph().follow(feed);
  const authorize = authorizeWith(authorizers({ policies, nodeGraph, nodeRules: nodeRules() }));
  const { serviceCidr, nodePortRange } = configuration;
  const allocation = new ServiceAllocation({
    serviceCidr,
    nodePortRange,
    random: Math.random,
    now: () => performance.now(),
  }).follow(feed);
  const plugins = admissionPlugins({ policies, authorize, random: Math.random });
  const admission = admissionChain([...plugins, serviceAllocationPlugin(allocation)]);
  return {
    authenticators: authenticators(tokens, audiences),
    authorize,
    admission,
    resources: withServiceAllocation(resources, allocation),
    subresources: [
      ...subresources({
        nodes: nodeConnection(pkiFolder),
        tokenIssuer: { keys, issuer, audiences, admission },
        random: Math.random,
      }),
      ...reviews({ policies, tokens, audiences }),
    ],
    endpoints: openIdEndpoints({ keys, issuer, address: `https://${advertiseAddress || 'localhost'}:${listenPort}` }),
  };
}
