import { register } from 'prom-client';
import { discoveryEndpoints } from './discovery/discovery.endpoints.js';
import { apiVersion } from './discovery/version.js';
import { docsEndpoints } from './docs/docs-endpoints.js';
import { rootEndpoint } from './discovery/root.endpoint.js';
import type { Gateway, PathEndpoint } from './gateway.js';
import { healthEndpoints } from './health/health-endpoints.js';
import { historyEndpoints } from './history/history.endpoints.js';
import { jsonAnswer, textAnswer } from './request/status-answer.js';
import type { HealthCheck } from '@shiplog/component-base';

/** Every path that is no resource. */
export const pathEndpoints = (gateway: Gateway, readiness: readonly HealthCheck[]): readonly PathEndpoint[] => [
  ...healthEndpoints({ livez: [ping], readyz: [ping, ...readiness] }),
  { path: '/version', handle: () => jsonAnswer(200, apiVersion) },
  { path: '/metrics', handle: async () => textAnswer(200, await register.metrics(), metricsType) },
  rootEndpoint(gateway),
  ...discoveryEndpoints(),
  ...historyEndpoints(gateway),
  ...docsEndpoints,
];

/** Names are of letters, digits and underscores: a reader need not unescape any. */
const metricsType = `${register.contentType}; escaping=underscores`;

const ping: HealthCheck = { name: 'ping', check: () => undefined };
