import type { KubeObject, OwnerReference } from '@shiplog/domain';
import { apiVersionOf } from '@shiplog/domain';
import type { ResourceType } from '@shiplog/client';

export const controllerOf = ({ metadata }: KubeObject): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

export const isDeleting = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** Reference of an object to the one that controls it. */
export const controllerReference = (owner: KubeObject, type: ResourceType): OwnerReference => ({
  apiVersion: apiVersionOf(type),
  kind: type.kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** Files objects that nobody controls under their namespace: an index for whoever may adopt them. */
export const orphansByNamespace = (object: KubeObject): string[] =>
  controllerOf(object) ? [] : [object.metadata.namespace ?? ''];
