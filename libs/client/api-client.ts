import type { KubeObject } from '@shiplog/domain';

/** A resource, or one object or subresource of it. No namespace: cluster scope, or all namespaces. */
export interface ResourceRef {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
}
export interface ObjectRef extends ResourceRef {
  readonly name: string;
  readonly subresource?: string;
}

export interface KubeList<T extends KubeObject = KubeObject> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: T[];
}

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

/** Which event made the caller act: `<stream>/<revision>`. It becomes the causation id of what the write appends. */
export type Cause = `${'RESOURCES' | 'LEASES' | 'EVENTS'}/${string}`;

export interface WriteOptions {
  readonly cause?: Cause;
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  /** Act as this user; allowed only where the caller may impersonate (a controller as its own service account). */
  readonly actAs?: string;
  readonly signal?: AbortSignal;
}

export interface DeleteOptions extends WriteOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** The whole API for a component: over HTTPS (RestClient) or as commands over NATS (CommandClient). Every method throws StatusError. */
export interface ApiClient {
  get<T extends KubeObject>(ref: ObjectRef, signal?: AbortSignal): Promise<T>;
  list<T extends KubeObject>(ref: ResourceRef, options?: ListOptions, signal?: AbortSignal): Promise<KubeList<T>>;
  /** `ref` with a name and subresource creates a subresource object, e.g. pods/binding. */
  create<T extends KubeObject>(
    ref: ResourceRef & { name?: string; subresource?: string },
    object: KubeObject,
    options?: WriteOptions,
  ): Promise<T>;
  update<T extends KubeObject>(ref: ObjectRef, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions & { force?: boolean },
  ): Promise<T>;
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
}
