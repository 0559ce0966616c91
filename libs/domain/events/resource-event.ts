import type { KubeObject } from '../api/kube-object.js';
import type { Revision } from './revision.js';

/** RESOURCES: all that is worth keeping. LEASES: heartbeats, no history. EVENTS: core/v1 Events, age-limited. */
export type StreamName = 'RESOURCES' | 'LEASES' | 'EVENTS';

/** Identifies an object in the log. Cluster-scoped objects have the empty namespace. The version is not part of it. */
export interface ObjectKey {
  readonly stream: StreamName;
  readonly group: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
}

export type EventType = 'created' | 'updated' | 'deleted';

/** What part of the object changed, decided when it is written, so that history can be read without noise. */
export type ChangeClass = 'spec' | 'metadata' | 'status';

/** Who made a change, why, and through which request. Every field travels as a CloudEvents header. */
export interface EventContext {
  /** Unique; also the Nats-Msg-Id, so that a retried append cannot happen twice. */
  readonly id: string;
  /** The gateway instance that appended it. */
  readonly source: string;
  /** RFC 3339 with milliseconds. */
  readonly time: string;
  /** The object's API path. */
  readonly subject: string;
  readonly user: string;
  readonly groups: readonly string[];
  /** The user who asked to act as `user`, if impersonating. */
  readonly impersonator?: string;
  /** Audit id of the outermost request: one kubectl apply and all that follows from it share it. */
  readonly correlationId: string;
  /** The event that made this component act: `<stream>/<revision>`. Absent when a person acted. */
  readonly causationId?: string;
  readonly verb: string;
  readonly subresource?: string;
  readonly fieldManager?: string;
  readonly userAgent?: string;
  readonly sourceIp?: string;
  readonly traceparent?: string;
  readonly change: ChangeClass;
}

/** A change that has been decided but is not yet in the log. */
export interface NewResourceEvent {
  readonly type: EventType;
  readonly key: ObjectKey;
  /** Canonical JSON of the whole object after the change (for a delete: as it last was), without resourceVersion; see serialized-object.ts. */
  readonly body: Uint8Array;
  readonly context: EventContext;
  /** What the body says, where its writer still has it: whoever gets the event in the same process need not parse. Shared, not to be changed. */
  readonly object?: KubeObject;
}

/** One change of one object, durable in the log. The revision is the object's resourceVersion. */
export interface ResourceEvent extends NewResourceEvent {
  readonly revision: Revision;
}
