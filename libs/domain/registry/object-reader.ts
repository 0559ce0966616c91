import type { GroupVersionResource } from '../api/group-version.js';
import type { KubeObject } from '../api/kube-object.js';

/** One object's address. Cluster-scoped objects have the empty namespace. */
export interface ObjectAddress extends Pick<GroupVersionResource, 'group' | 'plural'> {
  readonly namespace: string;
  readonly name: string;
}

/** Reads present objects. What it returns is shared and frozen: copy before changing. */
export interface ObjectReader {
  /** From the cache; may lag behind the log by some milliseconds. */
  get<T extends KubeObject = KubeObject>(address: ObjectAddress): T | undefined;
  /** From the cache, all namespaces if none is named; may lag. */
  list<T extends KubeObject = KubeObject>(
    resource: Pick<GroupVersionResource, 'group' | 'plural'>,
    namespace?: string,
  ): readonly T[];
  /** As of now: waits until the cache has reached the log's last revision. @throws Timeout if it cannot. */
  latest<T extends KubeObject = KubeObject>(address: ObjectAddress, signal?: AbortSignal): Promise<T | undefined>;
}
