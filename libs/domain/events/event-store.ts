import type { NewResourceEvent, ObjectKey, ResourceEvent, StreamName } from './resource-event.js';
import type { Revision } from './revision.js';

/** The object has changed since `expected`; `actual` is its last revision where the store knows it. */
export class AppendConflict extends Error {
  constructor(
    readonly key: ObjectKey,
    readonly expected: Revision,
    readonly actual?: Revision,
  ) {
    super(`expected ${key.plural}/${key.namespace}/${key.name} at revision ${expected}, found ${actual ?? 'another'}`);
    this.name = 'AppendConflict';
  }
}

/** The store did not say whether the event is durable. Retrying with the same event id is safe. */
export class AppendUnknown extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppendUnknown';
  }
}

/** The log of every resource change. Questions throw StatusError ServiceUnavailable while it does not answer. Implementations: JetStream; in memory for tests. One contract suite holds both. */
export interface EventStore {
  /**
   * Appends one event if `expected` is still the object's last revision (0: never written; a tombstone's revision: deleted).
   * Resolves when the event is durable. Never applied twice, however often it is retried.
   * @throws AppendConflict if the object has changed since `expected`; AppendUnknown if durability is unknown; StatusError
   * ServiceUnavailable if the log is out of reach: then nothing was written.
   */
  append(event: NewResourceEvent, expected: Revision, signal?: AbortSignal): Promise<Revision>;
  /** Every event of the stream after `after`, in order, without gaps; waits for more until aborted. */
  follow(stream: StreamName, after: Revision, signal: AbortSignal): AsyncIterable<readonly ResourceEvent[]>;
  /** The stream's last sequence as its leader knows it; one question serves all who wait for an answer. */
  lastRevision(stream: StreamName, signal?: AbortSignal): Promise<Revision>;
  /** The object's last event, a tombstone included; undefined if there never was one. */
  last(key: ObjectKey, signal?: AbortSignal): Promise<ResourceEvent | undefined>;
}

/** The state of a stream at one revision, to start from: the caller follows from `revision` on. */
export interface StreamSnapshot {
  readonly revision: Revision;
  readonly objects: AsyncIterable<readonly ResourceEvent[]>;
}

/** Where a process that must not replay the whole log starts. Undefined: no snapshot to be had, follow from 0. */
export interface SnapshotSource {
  snapshot(stream: StreamName, signal?: AbortSignal): Promise<StreamSnapshot | undefined>;
}
