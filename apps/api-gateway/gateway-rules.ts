import { readServiceAccountKeys } from './authentication/service-account-token/service-account-keys.js';
import { authenticators, tokenAuthenticators } from './authentication/authenticators.js';
import type { GatewayParts, GatewayRules } from './assemble-gateway.js';
import { textAnswer, jsonAnswer } from './request/status-answer.js';
import type { ClusterCache } from './watch-cache/cluster-cache.js';

/** Who may do what: the lists of authenticators, authorizers, admission plugins, subresources and paths, put to work on the cache. */
export function gatewayRules({ configuration }: GatewayParts, cache: ClusterCache): GatewayRules {
  const issuer = configuration.serviceAccountIssuer;
  const tokens = tokenAuthenticators({
    keys: readServiceAccountKeys(configuration.pkiFolder),
    issuer,
    audiences: [issuer],
    ...(configuration.tokenFile ? { tokenFile: configuration.tokenFile } : {}),
    read: cache,
    now: () => new Date(),
  });
  return {
    authenticators: authenticators(tokens, [issuer]),
    authorize: () => Promise.resolve({ decision: 'allow', reason: '' }),
    admission: { admit: ({ object }) => Promise.resolve(object), validate: () => Promise.resolve() },
    subresources: [],
    endpoints: [
      { path: '/livez', handle: () => textAnswer(200, 'ok') },
      { path: '/version', handle: () => jsonAnswer(200, { major: '1', minor: '36', gitVersion: 'v1.36.3' }) },
      { path: '/api', handle: () => jsonAnswer(200, { kind: 'APIVersions', versions: ['v1'] }) },
      { path: '/apis', handle: () => jsonAnswer(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [] }) },
      {
        path: '/api/v1',
        handle: () =>
          jsonAnswer(200, {
            kind: 'APIResourceList',
            groupVersion: 'v1',
            resources: ['configmaps:ConfigMap', 'secrets:Secret', 'namespaces:Namespace'].map((text) => {
              const [name, kind] = text.split(':');
              return { name, kind, singularName: '', namespaced: name !== 'namespaces', verbs: ['get', 'list', 'watch', 'create', 'delete', 'update', 'patch'] };
            }),
          }),
      },
    ],
  };
}
