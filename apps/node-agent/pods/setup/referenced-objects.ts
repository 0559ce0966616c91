import type { ApiClient } from '@shiplog/client';
import { hasReason, type ConfigMap, type Secret } from '@shiplog/domain';

type Stored<T> = T & { apiVersion: string; kind: string; metadata: object };

/** ConfigMaps and Secrets that pods name, as of at most `maxAge` ago. */
export interface ReferencedObjects {
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
}

const maxAge = 20_000;

/** Asks the API for one object at a time, which is all that a node may; one question serves all pods that ask meanwhile. */
export function referencedObjects(api: ApiClient, now: () => number): ReferencedObjects {
  const cache = new Map<string, { readonly at: number; readonly object: Promise<unknown> }>();
  const get = <T>(plural: string, namespace: string, name: string): Promise<T | undefined> => {
    const key = `${plural}/${namespace}/${name}`;
    const known = cache.get(key);
    if (known && now() - known.at < maxAge) return known.object as Promise<T | undefined>;
    const object = api
      .get<Stored<T & object>>({ group: '', version: 'v1', plural, namespace, name })
      .catch((error: unknown) => {
        cache.delete(key);
        if (hasReason(error, 'NotFound')) return undefined;
        throw error;
      });
    cache.set(key, { at: now(), object });
    if (cache.size > 10_000) cache.delete(cache.keys().next().value ?? '');
    return object;
  };
  return {
    configMap: (namespace, name) => get<ConfigMap>('configmaps', namespace, name),
    secret: (namespace, name) => get<Secret>('secrets', namespace, name),
  };
}
