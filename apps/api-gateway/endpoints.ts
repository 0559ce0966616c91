import { register } from 'prom-client';
import { discoveryEndpoints } from './discovery/discovery.endpoints.js';
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
  ...discoveryEndpoints(),
  ...historyEndpoints(gateway),
  ...docsEndpoints,
];

const ping: HealthCheck = { name: 'ping', check: () => undefined };
