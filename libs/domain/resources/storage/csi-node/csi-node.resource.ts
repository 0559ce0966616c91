import { deepEqual } from '../../../api/deep-equal.js';
import { duplicate, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { CSINode, CSINodeDriver } from '../../../api/generated/types.js';
import { isQualifiedName } from '../../../api/names.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { fieldIsImmutable, inFormat, nonNegative } from '../../rules.js';
import { validateDriverName } from '../storage.validation.js';

const maxNodeId = 256;

/** CSINode: which storage drivers a node has. */
export const csiNode = defineResource<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  strategy: { allowUnconditionalUpdate: false, deleteReturnsObject: true },
  validate: ({ spec }, at) => {
    const drivers = spec?.drivers ?? [];
    return drivers.flatMap((driver, i) =>
      validateDriver(driver, drivers.slice(0, i), at.child('spec', 'drivers').index(i)),
    );
  },
  validateUpdate: ({ spec }, current, at) =>
    (current.spec?.drivers ?? []).flatMap((old) => {
      const next = spec?.drivers?.find(({ name }) => name === old.name);
      return !next || deepEqual(withoutAllocatable(next), withoutAllocatable(old))
        ? []
        : [invalid(at.child('spec', 'drivers'), next, fieldIsImmutable)];
    }),
  columns: [nameColumn, column('Drivers', 'integer', ({ spec }) => (spec?.drivers ?? []).length), ageColumn],
});

const withoutAllocatable = ({ allocatable: _changes, topologyKeys, ...driver }: CSINodeDriver): object => ({
  ...driver,
  topologyKeys: topologyKeys ?? [],
});

function validateDriver(
  { name, nodeID = '', allocatable, topologyKeys: keys }: CSINodeDriver,
  earlier: readonly CSINodeDriver[],
  at: FieldPath,
): FieldError[] {
  const topologyKeys = keys ?? [];
  return [
    ...validateDriverName(name, at.child('name')),
    ...(nodeID === '' ? [required(at.child('nodeID'))] : []),
    ...(nodeID.length > maxNodeId
      ? [invalid(at.child('nodeID'), nodeID, `must be ${maxNodeId} characters or less`)]
      : []),
    ...nonNegative(allocatable?.count, at.child('allocatable', 'count')),
    ...(earlier.some((other) => other.name === name) ? [duplicate(at.child('name'), name)] : []),
    ...topologyKeys.flatMap((key, i) => [
      ...(key === '' ? [required(at)] : []),
      ...(topologyKeys.indexOf(key) < i ? [duplicate(at, key)] : []),
      ...inFormat(isQualifiedName, key, at),
    ]),
  ];
}
