import { FieldPath } from '../api/field-path.js';
import { invalid } from '../api/field-error.js';
import type { KubeObject, ObjectMeta } from '../api/kube-object.js';
import { validateObjectMeta, validateObjectMetaUpdate } from '../api/object-meta.validation.js';
import { badRequest, conflict, invalidObject, modifiedConflict } from '../api/status-error.js';
import type { AnyResource, RuleContext } from '../resources/define-resource.js';
import { ensureNamespace, metaRules } from './decide-create.js';
import { nextGeneration } from './generation.js';
import { partialUpdates } from './partial-update.js';

/** Which endpoint writes: '' for the resource itself. A subresource other than status decides by itself what it takes from the request. */
export interface UpdateTarget {
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

const at = FieldPath.of('metadata');

/** @throws Conflict if the request was made for another state of the object; Invalid where it must say for which. */
function checkResourceVersion(resource: AnyResource, next: KubeObject, current: KubeObject, name: string): void {
  const { resourceVersion } = next.metadata;
  if (!resourceVersion || resourceVersion === '0') {
    if (resource.strategy.allowUnconditionalUpdate !== false) return;
    const errors = [invalid(at.child('resourceVersion'), 0, 'must be specified for an update')];
    throw invalidObject({ group: resource.group, kind: resource.plural }, name, errors);
  }
  if (resourceVersion !== current.metadata.resourceVersion) throw modifiedConflict(resource, name);
}

/** @throws Conflict if a whole object was sent that replaces another of the same name. */
export function checkUid(resource: AnyResource, { metadata }: KubeObject, current: KubeObject): void {
  if (!metadata.uid || metadata.uid === current.metadata.uid) return;
  throw conflict(
    resource,
    metadata.name ?? '',
    `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${current.metadata.uid ?? ''}`,
  );
}

/** What the server alone sets comes from the stored object, whatever the request says. */
function keepSystemFields(meta: ObjectMeta, stored: ObjectMeta): void {
  meta.uid ||= stored.uid;
  if (stored.creationTimestamp) meta.creationTimestamp = stored.creationTimestamp;
  else delete meta.creationTimestamp;
  if (stored.generation === undefined) delete meta.generation;
  else meta.generation = stored.generation;
  if (stored.deletionTimestamp) meta.deletionTimestamp = stored.deletionTimestamp;
  if (stored.deletionGracePeriodSeconds !== undefined)
    meta.deletionGracePeriodSeconds ??= stored.deletionGracePeriodSeconds;
  delete meta.selfLink;
}

/** On the resource itself the status stays, where the kind has a status subresource. */
function keepStatus(resource: AnyResource, next: KubeObject, current: KubeObject): KubeObject {
  if (!resource.subresources.includes('status')) return next;
  const { status: _ignored, ...rest } = next;
  return { ...rest, ...('status' in current ? { status: current['status'] } : {}) } as KubeObject;
}

/**
 * The object as it is to be stored after an update. May change `next`, never `current`; both carry their resourceVersion.
 * @throws BadRequest, Conflict or Invalid naming every violated rule.
 */
export function decideUpdate(
  resource: AnyResource,
  next: KubeObject,
  current: KubeObject,
  { namespace, name, subresource }: UpdateTarget,
  rules: RuleContext,
): KubeObject {
  ensureNamespace(resource, next, namespace);
  if (!next.metadata.name)
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (next.metadata.name !== name)
    throw badRequest(`the name of the object (${next.metadata.name}) does not match the name on the URL (${name})`);
  checkResourceVersion(resource, next, current, name);
  const prepared = prepare(resource, next, current, subresource, rules);
  prepared.metadata = { ...prepared.metadata };
  keepSystemFields(prepared.metadata, current.metadata);
  const generation =
    subresource === 'status' || subresource === 'approval'
      ? current.metadata.generation
      : nextGeneration(resource, prepared, current);
  if (generation !== undefined) prepared.metadata.generation = generation;
  const errors = validateUpdate(resource, prepared, current, subresource, rules);
  if (errors.length > 0) throw invalidObject(resource, name, errors);
  return prepared;
}

function prepare(
  resource: AnyResource,
  next: KubeObject,
  current: KubeObject,
  subresource: string,
  rules: RuleContext,
): KubeObject {
  const { strategy } = resource;
  if (subresource === 'status' && strategy.prepareForStatusUpdate)
    return strategy.prepareForStatusUpdate(next, current, rules);
  const taken = partialUpdates[subresource];
  if (taken) return taken(next, current);
  if (subresource !== '' && subresource !== 'scale') return next;
  return strategy.prepareForUpdate?.(next, current, rules) ?? keepStatus(resource, next, current);
}

function validateUpdate(
  resource: AnyResource,
  next: KubeObject,
  current: KubeObject,
  subresource: string,
  rules: RuleContext,
) {
  const meta = [
    ...validateObjectMeta(next.metadata, metaRules(resource), at),
    ...validateObjectMetaUpdate(next.metadata, current.metadata, at),
  ];
  if (subresource === 'status' || subresource === 'approval')
    return [...meta, ...(resource.validateStatusUpdate?.(next, current, FieldPath.root, rules) ?? [])];
  const ownRules = subresource in partialUpdates ? resource.validatePartUpdate?.[subresource] : resource.validateUpdate;
  return [
    ...meta,
    ...(resource.validate?.(next, FieldPath.root, rules) ?? []),
    ...(ownRules?.(next, current, FieldPath.root, rules) ?? []),
  ];
}

/** Whether an update has taken the last thing that held a deleted object back. */
export const releasesDeleted = (next: KubeObject, current: KubeObject): boolean =>
  (next.metadata.finalizers ?? []).length === 0 &&
  current.metadata.deletionTimestamp !== undefined &&
  (current.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  holdingNamespaceFinalizers(next).length === 0;

/** A namespace is held by `spec.finalizers` too. */
export const holdingNamespaceFinalizers = ({ kind, apiVersion, spec }: KubeObject): readonly string[] =>
  kind === 'Namespace' && apiVersion === 'v1'
    ? ((spec as { finalizers?: string[] } | undefined)?.finalizers ?? [])
    : [];
