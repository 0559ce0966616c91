import { deepEqual } from '../../../api/deep-equal.js';
import { invalid } from '../../../api/field-error.js';
import type { CSIStorageCapacity } from '../../../api/generated/types.js';
import { validateLabelSelector } from '../../../api/label-selector.js';
import { isDnsSubdomain } from '../../../api/names.js';
import { parseQuantity } from '../../../api/quantity.js';
import { createdAtColumn, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { fieldIsImmutable, inFormat } from '../../rules.js';

/** CSIStorageCapacity: how much room a storage class has left in a part of the cluster. */
export const csiStorageCapacity = defineResource<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  strategy: { allowUnconditionalUpdate: false },
  validate: ({ nodeTopology, storageClassName, capacity }, at) => [
    ...validateLabelSelector(nodeTopology, at.child('nodeTopology')),
    ...inFormat(isDnsSubdomain, storageClassName ?? '', at.child('storageClassName')),
    ...((parseQuantity(capacity ?? '0')?.nano ?? 0n) < 0n
      ? [invalid(at.child('capacity'), capacity, 'must be greater than or equal to 0')]
      : []),
  ],
  validateUpdate: (next, current, at) =>
    (['nodeTopology', 'storageClassName'] as const).flatMap((field) =>
      deepEqual(next[field] ?? null, current[field] ?? null)
        ? []
        : [invalid(at.child(field), next[field] ?? null, fieldIsImmutable)],
    ),
  columns: [nameColumn, createdAtColumn],
});
