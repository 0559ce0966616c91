import type { KubeObject } from '../api/kube-object.js';
import type { ChangeClass, EventType, ResourceEvent, StreamName } from '../events/resource-event.js';
import { parseObject } from '../events/serialized-object.js';

/** Where the API of the past lies, beside that of Kubernetes, and its version. What it answers is below, for both ends of it. */
export const historyRoot = '/shiplog/v1';
export const historyApiVersion = 'history.shiplog.dev/v1';

/** One change of one object, told to people: what, when, who, how and why. */
export interface ToldChange {
  /** `<stream>/<revision>`: what a cause is named by. */
  readonly id: string;
  readonly resourceVersion: string;
  readonly type: EventType;
  readonly change: ChangeClass;
  /** RFC 3339 with milliseconds. */
  readonly time: string;
  readonly verb: string;
  readonly subresource?: string;
  readonly object: {
    readonly group: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly name: string;
  };
  readonly user: string;
  readonly impersonator?: string;
  readonly userAgent?: string;
  readonly sourceIp?: string;
  readonly fieldManager?: string;
  readonly correlationId: string;
  readonly cause?: string;
  /** The whole object after the change; for a delete, as it last was. */
  readonly content?: KubeObject;
}

/** A change that the caller may not look at says that it was there, and nothing more. */
export interface WithheldChange {
  readonly id: string;
  readonly withheld: true;
}

/** GET history<object path>: the object's versions, newest first. */
export interface ObjectHistory {
  readonly kind: 'ObjectHistory';
  readonly apiVersion: string;
  /** `before`: where the next page goes on, if there may be one. */
  readonly metadata: { readonly before?: string };
  readonly items: readonly ToldChange[];
}

/** GET why<object path>: what led to the object's state, the outermost cause first. */
export interface CauseChain {
  readonly kind: 'CauseChain';
  readonly apiVersion: string;
  /** Whether it begins with somebody who acted without a cause in the log. */
  readonly complete: boolean;
  readonly steps: readonly (ToldChange | WithheldChange)[];
}

/** GET revisions: the last revision of each stream that has a history, at a moment. */
export type MomentRevisions = {
  readonly kind: 'Revisions';
  readonly apiVersion: string;
} & Readonly<Record<Exclude<StreamName, 'LEASES'>, string>>;

/** Pure. `withContent` adds the object itself. */
export function toldChange(event: ResourceEvent, withContent: boolean): ToldChange {
  const { key, type, context, revision } = event;
  const { group, plural: resource, namespace, name } = key;
  const { user, impersonator, userAgent, sourceIp, fieldManager, correlationId, causationId } = context;
  return {
    id: `${key.stream}/${revision}`,
    resourceVersion: revision.toString(),
    type,
    change: context.change,
    time: context.time,
    verb: context.verb,
    object: { group, resource, ...(namespace === '' ? {} : { namespace }), name },
    user,
    correlationId,
    ...(context.subresource === undefined ? {} : { subresource: context.subresource }),
    ...(impersonator === undefined ? {} : { impersonator }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
    ...(fieldManager === undefined ? {} : { fieldManager }),
    ...(causationId === undefined ? {} : { cause: causationId }),
    ...(withContent ? { content: parseObject(event.body, event.revision) } : {}),
  };
}
