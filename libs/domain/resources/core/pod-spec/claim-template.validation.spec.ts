import { FieldPath } from '../../../api/field-path.js';
import type { PersistentVolumeClaimSpec } from '../../../api/generated/types.js';
import { validateClaimSpec, validateClaimTemplate } from './claim-template.validation.js';

const claim: PersistentVolumeClaimSpec = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
};
const source = { kind: 'PersistentVolumeClaim', name: 'a' };

const cases: [string, object, string[]][] = [
  ['a plain one', {}, []],
  ['no access mode', { accessModes: [] }, ['spec.accessModes: Required value: at least 1 access mode is required']],
  [
    'an unknown access mode',
    { accessModes: ['Odd'] },
    [
      'spec.accessModes: Unsupported value: "Odd": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
  ],
  [
    'one pod alone and others',
    { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'] },
    ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
  ],
  ['no size', { resources: {} }, ['spec.resources[storage]: Required value']],
  [
    'a size of nothing',
    { resources: { requests: { storage: '0' } } },
    ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
  ],
  [
    'an unknown mode',
    { volumeMode: 'X' },
    ['spec.volumeMode: Unsupported value: "X": supported values: "Block", "Filesystem"'],
  ],
  ['a source', { dataSource: source, dataSourceRef: source }, []],
  [
    'a source without a group that is no claim',
    { dataSource: { kind: 'Snapshot', name: 'a' } },
    [
      'spec.dataSource: Invalid value: "Snapshot": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
    ],
  ],
  [
    'two sources',
    { dataSource: source, dataSourceRef: { ...source, name: 'b' } },
    ['spec: Invalid value: "spec.dataSource": must match dataSourceRef'],
  ],
  [
    'two sources, one in another namespace',
    { dataSource: source, dataSourceRef: { ...source, namespace: 'n' } },
    ['spec: Invalid value: "spec.dataSource": may not be specified when dataSourceRef.namespace is specified'],
  ],
];
test.each(cases)('a claim with %s', (_, change, expected) =>
  expect(
    validateClaimSpec({ ...claim, ...change }, FieldPath.of('spec')).map(
      ({ field, message }) => `${field}: ${message}`,
    ),
  ).toEqual(expected),
);

test('a template has labels and annotations, no name', () =>
  expect(
    validateClaimTemplate(
      { metadata: { name: 'a', labels: { 'a b': 'x' }, annotations: { ok: 'x' } }, spec: claim },
      FieldPath.of('template'),
    ).map(({ field }) => field),
  ).toEqual(['template.metadata.labels', 'template.metadata.name']));
