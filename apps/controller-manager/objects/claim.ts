import { labelMatcher, matchesLabels, type KubeObject, type LabelSelector } from '@shiplog/domain';
import type { ResourceType } from '@shiplog/client';
import { patch, type PatchAction } from '@shiplog/controller-runtime';
import { controllerOf, controllerReference, isControlledBy, isDeleting } from './ownership.js';

export interface Claim<T> {
  /** Orphans that the selector takes. */
  readonly adopt: readonly T[];
  /** Owned objects that the selector no longer takes. */
  readonly release: readonly T[];
  /** What is the owner's once adoptions and releases are done. */
  readonly owned: readonly T[];
}

/** Which of the candidates belong to `owner`: nothing is taken from another controller, a deleted owner takes nothing more. */
export function claim<T extends KubeObject>(
  owner: KubeObject,
  selector: LabelSelector | undefined,
  candidates: readonly T[],
): Claim<T> {
  const matcher = labelMatcher(selector);
  const matches = (object: T): boolean => matchesLabels(matcher, object.metadata.labels);
  const owned = candidates.filter((object) => isControlledBy(object, owner));
  const orphans = candidates.filter((object) => !controllerOf(object) && !isDeleting(object) && matches(object));
  const adopt = isDeleting(owner) ? [] : orphans;
  const keeps = (object: T): boolean => isDeleting(owner) || matches(object);
  return {
    adopt,
    release: owned.filter((object) => !keeps(object) && !isDeleting(object)),
    owned: [...owned.filter(keeps), ...adopt],
  };
}

const preconditions = ({ metadata }: KubeObject): { uid?: string; resourceVersion?: string } => ({
  ...(metadata.uid ? { uid: metadata.uid } : {}),
  ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
});

export function adoption(
  type: ResourceType,
  object: KubeObject,
  owner: KubeObject,
  ownerType: ResourceType,
): PatchAction {
  const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
  const ownerReferences = [...others, controllerReference(owner, ownerType)];
  return patch(type, object, 'merge', { metadata: { ...preconditions(object), ownerReferences } });
}

export function releasing(type: ResourceType, object: KubeObject, owner: KubeObject): PatchAction {
  const left = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
  const ownerReferences = left.length > 0 ? left : null;
  return patch(type, object, 'merge', { metadata: { ...preconditions(object), ownerReferences } });
}
