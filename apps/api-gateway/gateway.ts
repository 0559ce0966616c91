import type { Logger } from '@shiplog/component-base';
import type { AnyResource, GroupVersionResource, Registry } from '@shiplog/domain';
import type { Authorize } from './authorization/authorizers.js';
import type { Answer } from './request/incoming-request.js';
import type { RequestContext } from './request/request-context.js';
import type { SubresourceHandler } from './subresources/subresource.js';
import type { ClusterCache } from './watch-cache/cluster-cache.js';
import type { RequestMetrics } from './request/request-metrics.js';
import type { ObjectCodec } from './rest/object-codec.js';
import type { ConcurrencyLimit } from './request/concurrency-limit.js';
import type { AuthenticationMemory } from './request/authentication-memory.js';
import type { PastReader } from './watch-cache/past-reader.js';

/** The kinds that are served. */
export interface ResourceCatalog {
  find(resource: GroupVersionResource): AnyResource | undefined;
  hasGroupVersion(group: string, version: string): boolean;
  readonly all: readonly AnyResource[];
}

/** A path that is no resource: health, discovery, OpenAPI, docs. */
export interface PathEndpoint {
  /** Exact path, or a prefix if it ends in `/*`. */
  readonly path: string;
  handle(context: RequestContext): Promise<Answer> | Answer;
}

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
  readonly authenticationMemory: AuthenticationMemory;
  readonly concurrency: ConcurrencyLimit;
  readonly metrics: RequestMetrics;
  readonly logger: Logger;
}
