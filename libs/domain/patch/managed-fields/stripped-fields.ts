import type { KubeObject } from '../../api/kube-object.js';
import { difference, fieldSetOf, type FieldSet } from '../structured/field-set.js';
import { fieldElement } from '../structured/path-element.js';

const metadata = fieldElement('metadata');

/** What no manager ever owns: the object's identity and what the server itself keeps. */
const unowned: FieldSet = fieldSetOf(
  [fieldElement('apiVersion')],
  [fieldElement('kind')],
  [metadata],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => [metadata, fieldElement(name)]),
);

export const ownable = (fields: FieldSet): FieldSet => difference(fields, unowned);

/** The part of an object that comparisons look at: ownership never describes itself. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _managedFields, ...rest } = object.metadata;
  return { ...object, metadata: rest };
}
