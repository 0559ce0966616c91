import type { KubeObject } from '../api/kube-object.js';
import type { EventType } from '../events/resource-event.js';
import type { AnyResource } from '../resources/define-resource.js';
import type { WriteRequest } from './write-request.js';

/** Which object a request writes. */
export interface ObjectWrite {
  /** The kind as it is stored. */
  readonly resource: AnyResource;
  /** '' at cluster scope. */
  readonly namespace: string;
  /** '' where it is not known yet (generateName). */
  readonly name: string;
  readonly request: WriteRequest;
}

/** What has been decided and remains to be appended. */
export interface Decided {
  readonly type: EventType | 'unchanged';
  readonly object: KubeObject;
}

/** The stored kind with the names and rules of the view that the request speaks of. */
export function asAsked({ resource, request: { view } }: ObjectWrite): AnyResource {
  const rules = view?.storedAs?.rules;
  if (!view || !rules) return resource;
  const { nameFormat: _format, freeFinalizers: _free, ...stored } = resource;
  return { ...stored, group: view.group, version: view.version, kind: view.kind, ...rules };
}
