import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, required } from '../../../api/field-error.js';
import type { VolumeAttributesClass } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateParameters, validateProvisioner } from '../storage.validation.js';

/** VolumeAttributesClass: what a volume can be changed to while it is in use. */
export const volumeAttributesClass = defineResource<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  strategy: { deleteReturnsObject: true },
  validate: ({ driverName, parameters }, at) => [
    ...validateProvisioner(driverName, at.child('driverName')),
    ...validateParameters(parameters, at.child('parameters')),
    ...(Object.keys(parameters ?? {}).length === 0
      ? [required(at.child('parameters'), 'must contain at least one key/value pair')]
      : []),
  ],
  validateUpdate: (next, current, at) =>
    (['driverName', 'parameters'] as const).flatMap((field) =>
      deepEqual(next[field] ?? null, current[field] ?? null)
        ? []
        : [forbiddenField(at.child(field), `updates to ${field} are forbidden.`)],
    ),
  columns: [nameColumn, column('DriverName', 'string', ({ driverName }) => driverName), ageColumn],
});
