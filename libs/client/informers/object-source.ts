import type { EventContext, KubeObject, ObjectKey, Revision } from '@shiplog/domain';
import type { Cause } from '../api-client.js';

/** An object as a cache holds it, together with the event that made it so. */
export interface Recorded<T extends KubeObject = KubeObject> {
  readonly object: T;
  readonly revision: Revision;
  /** The event as a write caused by it names it. */
  readonly cause: Cause;
  /** Which object; from the log only. */
  readonly key?: ObjectKey;
  /** Who, why, what kind of change. A watch over HTTP does not tell. */
  readonly context?: EventContext;
}

/** What a source feeds: in order, each change once. */
export interface ObjectSink<T extends KubeObject = KubeObject> {
  /** The whole state at `revision`; whatever is not in it is gone. */
  replace(items: readonly Recorded<T>[], revision: Revision): void;
  put(item: Recorded<T>): void;
  remove(item: Recorded<T>): void;
  /** Every change up to `revision` has been told. */
  reached(revision: Revision): void;
  /** The source has caught up with what was there when it started. Idempotent. */
  synced(): void;
}

/** Where a cache learns of objects: the log, or a watch over HTTP. */
export interface ObjectSource<T extends KubeObject = KubeObject> {
  attach(sink: ObjectSink<T>): void;
  /** Feeds the sinks until aborted; survives every fault of what it reads from. Call after all sinks are attached. */
  run(signal: AbortSignal): Promise<void>;
}
