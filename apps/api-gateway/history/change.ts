import { parseObject, type KubeObject, type ResourceEvent } from '@shiplog/domain';

/** One change of one object, told to people: what, when, who, how and why. */
export interface Change {
  /** `<stream>/<revision>`: what a cause is named by. */
  readonly id: string;
  readonly resourceVersion: string;
  readonly type: ResourceEvent['type'];
  readonly change: string;
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

/** Pure. `withContent` adds the object itself. */
export function changeOf(event: ResourceEvent, withContent: boolean): Change {
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
