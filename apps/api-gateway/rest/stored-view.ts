import { storedResource, type AnyResource, type KubeObject, type WriteResult } from '@shiplog/domain';
import type { KindCache } from '../watch-cache/kind-cache.js';
import type { ResourceCall } from './resource-call.js';

/** The cache that holds a resource's objects, in their stored form. */
export const cacheOf = ({ gateway, resource }: Pick<ResourceCall, 'gateway' | 'resource'>): KindCache | undefined => {
  const { group, plural } = storedResource(resource);
  return gateway.cache.kind(group, plural);
};

/** A stored object as this resource shows it. */
export const shown = ({ storedAs }: AnyResource, stored: KubeObject): KubeObject =>
  storedAs ? storedAs.fromStored(stored) : stored;

/** An object of this resource as the log keeps it. */
export const stored = ({ storedAs }: AnyResource, object: KubeObject): KubeObject =>
  storedAs ? storedAs.toStored(object) : object;

/** A write's result as this resource shows it. */
export const shownResult = (resource: AnyResource, result: WriteResult): WriteResult => {
  if (!resource.storedAs) return result;
  const { body: _stored, ...rest } = result;
  return { ...rest, object: shown(resource, result.object) };
};
