import { FieldPath } from '../api/field-path.js';
import type { KubeObject } from '../api/kube-object.js';
import { validateObjectMeta } from '../api/object-meta.validation.js';
import { badRequest, invalidObject } from '../api/status-error.js';
import type { AnyResource, RuleContext } from '../resources/define-resource.js';
import { generatedName } from './generated-name.js';
import { countsGenerations } from './generation.js';

/** Time, ids and chance of one write. */
export interface WriteRules extends RuleContext {
  /** In [0, 1). */
  readonly random: () => number;
}

/** A time as metav1.Time is written: whole seconds, UTC. */
export const metaTime = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** Puts the object into the request's namespace. Changes it. @throws BadRequest if it names another. */
export function ensureNamespace(resource: AnyResource, { metadata }: KubeObject, namespace: string): void {
  if (resource.scope === 'Cluster') {
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.namespace = namespace;
}

/** Gives a new object its identity: namespace, name, uid, creation time. Changes it. Runs before admission, so that plugins see it. */
export function stampNew(resource: AnyResource, object: KubeObject, namespace: string, rules: WriteRules): void {
  const { metadata } = object;
  if (metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  ensureNamespace(resource, object, namespace);
  delete metadata.resourceVersion;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  metadata.uid = rules.newUid();
  metadata.creationTimestamp = metaTime(rules.now);
  if (!metadata.name && metadata.generateName) metadata.name = generatedName(metadata.generateName, rules.random);
}

/** The object as it is to be stored for the first time. May change its argument. @throws Invalid naming every violated rule. */
export function decideCreate(resource: AnyResource, stamped: KubeObject, rules: WriteRules): KubeObject {
  const object: KubeObject = resource.strategy.prepareForCreate?.(stamped, rules) ?? stamped;
  if (countsGenerations(resource)) object.metadata.generation = 1;
  const errors = [
    ...(resource.validate?.(object, FieldPath.root, rules) ?? []),
    ...(resource.validateCreate?.(object, FieldPath.root, rules) ?? []),
    ...validateObjectMeta(object.metadata, metaRules(resource), FieldPath.of('metadata')),
  ];
  if (errors.length > 0) throw invalidObject(resource, object.metadata.name ?? '', errors);
  return object;
}

export const metaRules = ({
  scope,
  nameFormat,
  freeFinalizers,
}: AnyResource): Parameters<typeof validateObjectMeta>[1] => ({
  namespaced: scope === 'Namespaced',
  ...(nameFormat ? { nameFormat } : {}),
  ...(freeFinalizers ? { freeFinalizers } : {}),
});
