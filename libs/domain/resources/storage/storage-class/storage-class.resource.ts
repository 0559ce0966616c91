import { deepEqual } from '../../../api/deep-equal.js';
import { duplicate, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { StorageClass, TopologySelectorTerm } from '../../../api/generated/types.js';
import { isQualifiedName } from '../../../api/names.js';
import { ageColumn, column } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { fieldIsImmutable, inFormat, oneOf } from '../../rules.js';
import { validateParameters, validateProvisioner } from '../storage.validation.js';

const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

const nameText = ({ metadata }: StorageClass): string =>
  `${metadata.name ?? ''}${defaultMarks.some((mark) => metadata.annotations?.[mark] === 'true') ? ' (default)' : ''}`;

/** StorageClass: how volumes are made when a claim asks for one. */
export const storageClass = defineResource<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  defaults: (storageClass) => {
    storageClass.reclaimPolicy ??= 'Delete';
    storageClass.volumeBindingMode ??= 'Immediate';
  },
  strategy: { deleteReturnsObject: true },
  validate: (storageClass, at) => [
    ...validateProvisioner(storageClass.provisioner, at.child('provisioner')),
    ...validateParameters(storageClass.parameters, at.child('parameters')),
    ...(storageClass.reclaimPolicy
      ? oneOf(storageClass.reclaimPolicy, ['Delete', 'Retain'], at.child('reclaimPolicy'))
      : []),
    ...oneOf(storageClass.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], at.child('volumeBindingMode')),
    ...validateTopologies(storageClass.allowedTopologies ?? [], at.child('allowedTopologies')),
  ],
  validateUpdate: (next, current, at) =>
    (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const).flatMap((field) =>
      deepEqual(next[field] ?? null, current[field] ?? null)
        ? []
        : [invalid(at.child(field), next[field] ?? null, fieldIsImmutable)],
    ),
  columns: [
    column('Name', 'string', nameText, {
      format: 'name',
      description: 'Name of the class; the default one is marked.',
    }),
    column('Provisioner', 'string', ({ provisioner }) => provisioner),
    column('ReclaimPolicy', 'string', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    column('VolumeBindingMode', 'string', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
    column('AllowVolumeExpansion', 'string', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    ageColumn,
  ],
});

type Expression = NonNullable<TopologySelectorTerm['matchLabelExpressions']>[number];

const validateExpression = ({ key, values = [] }: Expression, at: FieldPath): FieldError[] => [
  ...(values.length === 0 ? [required(at.child('values'))] : []),
  ...values.flatMap((value, i) => (values.indexOf(value) < i ? [duplicate(at.child('values').index(i), value)] : [])),
  ...inFormat(isQualifiedName, key ?? '', at.child('key')),
];

/** Where volumes may be: each term once, each label once in a term. A term without labels counts as one that is there already. */
function validateTopologies(terms: readonly TopologySelectorTerm[], at: FieldPath): FieldError[] {
  const meaning = ({ matchLabelExpressions = [] }: TopologySelectorTerm): Record<string, string[]> =>
    Object.fromEntries(matchLabelExpressions.map(({ key, values = [] }) => [key, [...new Set(values)].sort()]));
  return terms.flatMap((term, i) => {
    const path = at.index(i).child('matchLabelExpressions');
    const expressions = term.matchLabelExpressions ?? [];
    return [
      ...expressions.flatMap((expression, j) => [
        ...validateExpression(expression, path.index(j)),
        ...(expressions.findIndex(({ key }) => key === expression.key) < j
          ? [duplicate(path.index(j).child('key'), expression.key)]
          : []),
      ]),
      ...(expressions.length === 0 || terms.slice(0, i).some((earlier) => deepEqual(meaning(earlier), meaning(term)))
        ? [duplicate(path, '')]
        : []),
    ];
  });
}
