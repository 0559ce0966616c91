import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from '@shiplog/component-base';
import { Registry, type Admission, type EventStore, type SnapshotSource } from '@shiplog/domain';
import type { Registry as MetricsRegistry } from 'prom-client';
import type { Authenticator } from './authentication/authenticator.js';
import { cacheFeed } from './authorization/cache-feed.js';
import type { Authorize } from './authorization/authorizers.js';
import type { GatewayConfiguration } from './configuration.js';
import type { Gateway, PathEndpoint, ResourceCatalog } from './gateway.js';
import { AuthenticationMemory } from './request/authentication-memory.js';
import { bootstrapRules, followRules } from './flow-control/bootstrap-rules.js';
import { FlowControl } from './flow-control/flow-control.js';
import { flowControlMetrics } from './flow-control/flow-control-metrics.js';
import { MemoryBounds } from './memory-bounds/memory-bounds.js';
import { metricsSources } from './request/metrics-sources.js';
import { RequestMetrics } from './request/request-metrics.js';
import { trackFields } from './registry/track-fields.js';
import { cachedKinds } from './rest/built-in-resources.js';
import type { ObjectCodec } from './rest/object-codec.js';
import type { SubresourceHandler } from './subresources/subresource.js';
import { ClusterCache } from './watch-cache/cluster-cache.js';
import type { PastReader } from './watch-cache/past-reader.js';
import type { History } from './history/history.js';

/** What a gateway is made of that is not the same in tests, in a simulation and in production. */
export interface GatewayParts {
  readonly configuration: GatewayConfiguration;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly store: EventStore;
  readonly snapshots: SnapshotSource;
  readonly past: PastReader;
  readonly history?: History;
  readonly resources: ResourceCatalog;
  readonly codec: ObjectCodec;
}

/** What needs the cache or the registry to be there first. */
export interface GatewayRules {
  readonly authenticators: readonly Authenticator[];
  readonly authorize: Authorize;
  readonly admission: Admission;
  /** The kinds, those that need the gateway's knowledge (Service) completed by it. */
  readonly resources: ResourceCatalog;
  readonly subresources: readonly SubresourceHandler[];
  /** Paths that come with the rules (OpenID discovery). */
  readonly endpoints: readonly PathEndpoint[];
}

const patienceMs = 3_000;

export function clusterCache({ configuration, logger, store, snapshots, resources }: GatewayParts): ClusterCache {
  return new ClusterCache({
    store,
    snapshots,
    kinds: cachedKinds(resources.all),
    limits: { ageMs: configuration.watchWindowSeconds * 1000, bytes: configuration.watchWindowMegabytes << 20 },
    now: () => performance.now(),
    patienceMs,
    onFault: (error, stream) =>
      logger.warn(
        { stream, error: error instanceof Error ? error.message : String(error) },
        'following the log broke off; going on',
      ),
    onGone: (stream) => {
      logger.fatal(
        { stream },
        'the log has dropped events that this gateway has not seen; it starts again from a snapshot',
      );
      process.exit(1);
    },
  });
}

const objectRegistry = ({ store, codec }: GatewayParts, cache: ClusterCache, admission: Admission): Registry =>
  new Registry({
    store,
    state: cache,
    read: cache,
    admission,
    trackFields: trackFields(codec),
    source: `api-gateway/${hostname()}/${process.pid}`,
    now: () => new Date(),
    newUid: randomUUID,
    random: Math.random,
  });

/** `endpoints` are given the gateway itself: some of them look into it. */
export function assembleGateway(
  parts: GatewayParts,
  cache: ClusterCache,
  rules: GatewayRules,
  endpoints: (gateway: Gateway) => readonly PathEndpoint[],
): Gateway {
  const { configuration, logger, metrics, past, codec } = parts;
  const flowControl = new FlowControl(bootstrapRules, configuration.maxRequestsInFlight);
  followRules(cacheFeed(cache), (changed) => flowControl.configure(changed));
  flowControlMetrics(flowControl, metrics);
  const gateway: Gateway & { endpoints: readonly PathEndpoint[] } = {
    cache,
    registry: objectRegistry(parts, cache, rules.admission),
    resources: rules.resources,
    codec,
    past,
    ...(parts.history ? { history: parts.history } : {}),
    logger,
    flowControl,
    memory: new MemoryBounds(),
    metrics: new RequestMetrics({
      registry: metrics,
      inFlight: () => flowControl.inFlight,
      ...metricsSources(() => gateway),
    }),
    authorize: rules.authorize,
    subresources: rules.subresources,
    endpoints: [],
    authenticationMemory: new AuthenticationMemory(rules.authenticators),
  };
  gateway.endpoints = [...rules.endpoints, ...endpoints(gateway)];
  return gateway;
}
