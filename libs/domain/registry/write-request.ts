import type { KubeObject } from '../api/kube-object.js';
import type { UserInfo } from '../api/user-info.js';
import type { EventType, ObjectKey } from '../events/resource-event.js';
import type { Revision } from '../events/revision.js';
import type { AnyResource } from '../resources/define-resource.js';

/** Who writes, why and how: what of a request ends up in the log, and what steers the write. */
export interface WriteRequest {
  readonly user: UserInfo;
  readonly impersonator?: UserInfo;
  readonly verb: string;
  /** '' on the resource itself. */
  readonly subresource: string;
  readonly correlationId: string;
  readonly causationId?: string;
  /** The resource that the request names, where that is another view of the stored kind. */
  readonly view?: AnyResource;
  /** Owner of the fields it sets, in managedFields. */
  readonly fieldManager: string;
  /** The write makes nobody the owner of what it sets (binding a pod). */
  readonly unowned?: boolean;
  readonly userAgent?: string;
  readonly sourceIp?: string;
  readonly traceparent?: string;
  readonly dryRun: boolean;
  /** The request's CreateOptions, UpdateOptions, PatchOptions or DeleteOptions, for admission. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What a write answers with. `body` is the object as serialized, resourceVersion in place, where there is one to reuse. */
export interface WriteResult {
  readonly object: KubeObject;
  readonly revision: Revision;
  readonly outcome: EventType | 'unchanged';
  readonly body?: Uint8Array;
}

/** The last known state of an object. No object: it does not exist; then `revision` is its tombstone's, or 0. */
export interface StoredState {
  readonly revision: Revision;
  /** With its resourceVersion. Shared: never changed. */
  readonly object?: KubeObject;
}

/** The present as this process knows it. */
export interface CurrentState {
  /** What the cache holds; may lag behind the log. */
  cached(key: ObjectKey): StoredState | undefined;
}

/** Keeps metadata.managedFields on create, update and patch (other than apply). Returns `next`, changed or a copy. */
export type TrackFields = (
  resource: AnyResource,
  current: KubeObject | undefined,
  next: KubeObject,
  writer: { readonly manager: string; readonly subresource: string; readonly now: Date },
) => KubeObject;
