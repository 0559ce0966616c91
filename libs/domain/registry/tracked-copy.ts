import { copyJson } from '../api/copy-json.js';
import type { KubeObject } from '../api/kube-object.js';
import type { AnyResource } from '../resources/define-resource.js';
import type { StoredAs } from '../resources/stored-as/stored-as.js';
import type { ObjectWrite } from './object-write.js';
import { dropRepeatedOwners, repeatedOwnersWarning } from './owner-references.js';
import type { TrackFields } from './write-request.js';

/** A copy of its own, for admission to change, with managedFields kept. An apply has kept them itself. */
export function trackedCopy(
  trackFields: TrackFields,
  { resource, request }: ObjectWrite,
  next: KubeObject,
  current: KubeObject | undefined,
  now: Date,
): KubeObject {
  const { verb, fieldManager: manager, subresource, unowned, warn, view } = request;
  const own = copyJson(next);
  const repeated = dropRepeatedOwners(own);
  if (repeated.length > 0) warn(repeatedOwnersWarning(repeated));
  if (verb === 'apply' || unowned) return own;
  const writer = { manager, subresource, now };
  if (view?.storedAs?.rules) return trackedAs(trackFields, view, view.storedAs, own, current, writer);
  const tracked = trackFields(resource, current, own, writer);
  return tracked === current ? withManagedFieldsOf(current, own) : tracked;
}

/** Ownership under the names of the view that the writer knows. */
function trackedAs(
  trackFields: TrackFields,
  view: AnyResource,
  { fromStored, toStored }: StoredAs,
  own: KubeObject,
  current: KubeObject | undefined,
  writer: Parameters<TrackFields>[3],
): KubeObject {
  const live = current && fromStored(current);
  const tracked = trackFields(view, live, fromStored(own), writer);
  return tracked === live ? withManagedFieldsOf(live, own) : toStored(tracked);
}

const withManagedFieldsOf = ({ metadata: { managedFields } }: KubeObject, own: KubeObject): KubeObject => ({
  ...own,
  metadata: { ...own.metadata, ...(managedFields ? { managedFields: copyJson(managedFields) } : {}) },
});
