import type { KubeObject, StreamName } from '@shiplog/domain';

declare const objectType: unique symbol;

/** A kind as code names it, with the type of its objects: `informers.of(pods)` is an Informer<Pod>. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly stream: StreamName;
  readonly [objectType]?: T;
}

const streams: Readonly<Record<string, StreamName>> = {
  'coordination.k8s.io/leases': 'LEASES',
  '/events': 'EVENTS',
  'events.k8s.io/events': 'EVENTS',
};

/** Declares a kind. The stream follows from group and plural. */
export const resourceType = <T extends KubeObject>(
  group: string,
  version: string,
  kind: string,
  plural: string,
): ResourceType<T> => ({ group, version, kind, plural, stream: streams[`${group}/${plural}`] ?? 'RESOURCES' });
