import type { Logger } from '@shiplog/component-base';
import type { AnyResource, GroupVersionResource, Registry } from '@shiplog/domain';
import type { Authorize } from './authorization/authorizers.js';
import type { Answer } from './request/incoming-request.js';
import type { RequestContext } from './request/request-context.js';
import type { SubresourceHandler } from './subresources/subresource.js';
import type { ClusterCache } from './watch-cache/cluster-cache.js';
import type { RequestMetrics } from './request/request-metrics.js';
import type { ObjectCodec } from './rest/object-codec.js';
import type { MemoryBounds } from './memory-bounds/memory-bounds.js';
import type { FlowControl } from './flow-control/flow-control.js';
import type { AuthenticationMemory } from './request/authentication-memory.js';
import type { PastReader } from './watch-cache/past-reader.js';
import type { History } from './history/history.js';

/** The kinds that are served. */
export interface ResourceCatalog {
  find(resource: GroupVersionResource): AnyResource | undefined;
  hasGroup(group: string): boolean;
  readonly all: readonly AnyResource[];
}

/** A path that is no resource: health, discovery, OpenAPI, docs. */
export interface PathEndpoint {
  /** Exact path, or a prefix if it ends in `/*`. */
  readonly path: string;
  /** Readable without permission: nothing of the cluster is in it. */
  readonly anonymous?: true;
  /** Undefined: there is nothing at this path. */
  handle(context: RequestContext): Promise<Answer | undefined> | Answer | undefined;
}

/** The endpoint of a path: of its own, or of the nearest prefix. */
export const findEndpoint = ({ endpoints }: Pick<Gateway, 'endpoints'>, path: string): PathEndpoint | undefined =>
  endpoints.find((endpoint) => endpoint.path === path) ??
  endpoints.find((endpoint) => endpoint.path.endsWith('/*') && path.startsWith(endpoint.path.slice(0, -1)));

/** Injection token of the gateway. */
export const GATEWAY = Symbol('Gateway');

/** Everything a request may need on its way. Put together once, in gateway.module.ts. */
export interface Gateway {
  readonly cache: ClusterCache;
  readonly registry: Registry;
  readonly resources: ResourceCatalog;
  readonly codec: ObjectCodec;
  readonly authorize: Authorize;
  readonly subresources: readonly SubresourceHandler[];
  readonly endpoints: readonly PathEndpoint[];
  readonly past: PastReader;
  /** Absent without a database. */
  readonly history?: History;
  readonly authenticationMemory: AuthenticationMemory;
  readonly flowControl: FlowControl;
  readonly memory: MemoryBounds;
  readonly metrics: RequestMetrics;
  readonly logger: Logger;
}
