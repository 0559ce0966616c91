import { register } from 'prom-client';
import { apiVersion } from './discovery/version.js';
import { docsEndpoints } from './docs/docs-endpoints.js';
import type { Gateway, PathEndpoint } from './gateway.js';
import { healthEndpoints } from './health/health-endpoints.js';
import { historyEndpoints } from './history/history.endpoints.js';
import { jsonAnswer, textAnswer } from './request/status-answer.js';
import type { HealthCheck } from '@shiplog/component-base';

/** Every path that is no resource. */
export const pathEndpoints = (gateway: Gateway, readiness: readonly HealthCheck[]): readonly PathEndpoint[] => [
  ...healthEndpoints({ livez: [ping], readyz: [ping, ...readiness] }),
  { path: '/version', handle: () => jsonAnswer(200, apiVersion) },
  { path: '/metrics', handle: async () => textAnswer(200, await register.metrics(), register.contentType) },
  ...basicDiscovery(gateway),
  ...historyEndpoints(gateway),
  ...docsEndpoints,
];

const ping: HealthCheck = { name: 'ping', check: () => undefined };

const basicDiscovery = ({ resources }: Gateway): PathEndpoint[] => {
  const groups = Map.groupBy(resources.all, ({ group }) => group);
  const versionsOf = (group: string): string[] => [...new Set((groups.get(group) ?? []).map(({ version }) => version))];
  const lists = [
    ...Map.groupBy(resources.all, ({ group, version }) =>
      group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
    ),
  ];
  return [
    { path: '/api', handle: () => jsonAnswer(200, { kind: 'APIVersions', versions: ['v1'] }) },
    {
      path: '/apis',
      handle: () =>
        jsonAnswer(200, {
          kind: 'APIGroupList',
          apiVersion: 'v1',
          groups: [...groups.keys()].filter(Boolean).map((name) => {
            const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
            return { name, versions, preferredVersion: versions[0] };
          }),
        }),
    },
    ...lists.map(([path, kinds]): PathEndpoint => ({
      path,
      handle: () =>
        jsonAnswer(200, {
          kind: 'APIResourceList',
          apiVersion: 'v1',
          groupVersion: path.replace(/^\/apis?\//, ''),
          resources: kinds.map(({ plural, singular, scope, kind, verbs, shortNames, categories }) => ({
            name: plural,
            singularName: singular,
            namespaced: scope === 'Namespaced',
            kind,
            verbs,
            shortNames,
            categories,
          })),
        }),
    })),
  ];
};
