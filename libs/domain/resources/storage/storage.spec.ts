import { FieldPath } from '../../api/field-path.js';
import type { KubeObject } from '../../api/kube-object.js';
import type { AnyResource } from '../define-resource.js';
import { resourceFor } from '../resources.js';

const context = { now: new Date(0), newUid: () => 'u' };
const kind = (plural: string): AnyResource => {
  const found = resourceFor({ group: 'storage.k8s.io', version: 'v1', plural });
  if (!found) throw new Error(plural);
  return found;
};
const objectOf = (plural: string, body: object): KubeObject => {
  const object = { apiVersion: 'storage.k8s.io/v1', kind: 'X', metadata: { name: 'a' }, ...structuredClone(body) };
  kind(plural).defaults?.(object);
  return object;
};

const driver = { name: 'x.io', nodeID: 'n' };
const attachment = { attacher: 'x.io', nodeName: 'n', source: { persistentVolumeName: 'v' } };

test.each<[string, string, object, string[]]>([
  ['a class of any provisioner', 'storageclasses', { provisioner: 'X.io/p' }, []],
  ['a class without a provisioner', 'storageclasses', {}, ['provisioner: Required value']],
  [
    'a class that recycles',
    'storageclasses',
    { provisioner: 'x.io/p', reclaimPolicy: 'Recycle' },
    ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
  ],
  [
    'a class in the same place twice',
    'storageclasses',
    {
      provisioner: 'x.io/p',
      allowedTopologies: [
        { matchLabelExpressions: [{ key: 'z', values: ['a', 'b'] }] },
        { matchLabelExpressions: [{ key: 'z', values: ['b', 'a'] }] },
      ],
    },
    ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
  ],
  ['a driver', 'csidrivers', { spec: {} }, []],
  [
    'a driver that wants two tokens for one audience, and one for a moment',
    'csidrivers',
    { spec: { tokenRequests: [{ audience: 'a' }, { audience: 'a' }, { audience: 'b', expirationSeconds: 5 }] } },
    [
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
      'spec.tokenRequests[2].expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
    ],
  ],
  ['a node with a driver', 'csinodes', { spec: { drivers: [{ ...driver, topologyKeys: null }] } }, []],
  [
    'a node that a driver knows by two names',
    'csinodes',
    { spec: { drivers: [driver, { ...driver, nodeID: 'm' }] } },
    ['spec.drivers[1].name: Duplicate value: "x.io"'],
  ],
  ['a volume at a node', 'volumeattachments', { spec: attachment }, []],
  [
    'nothing at a node',
    'volumeattachments',
    { spec: { ...attachment, source: {} } },
    ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
  ],
  [
    'less than no room',
    'csistoragecapacities',
    { storageClassName: 'c', capacity: '-1' },
    ['capacity: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'a change to nothing',
    'volumeattributesclasses',
    { driverName: 'x.io' },
    ['parameters: Required value: must contain at least one key/value pair'],
  ],
])('%s', (_, plural, body, expected) =>
  expect(
    kind(plural)
      .validate?.(objectOf(plural, body), FieldPath.root, context)
      .map(({ field, message }) => `${field}: ${message}`),
  ).toEqual(expected),
);

test.each<[string, object, object, string[]]>([
  ['storageclasses', { provisioner: 'a' }, { provisioner: 'b' }, ['provisioner']],
  ['storageclasses', { provisioner: 'a' }, { provisioner: 'a', allowVolumeExpansion: true }, []],
  ['csidrivers', { spec: {} }, { spec: { attachRequired: false } }, ['spec.attachedRequired']],
  ['csinodes', { spec: { drivers: [driver] } }, { spec: { drivers: [{ ...driver, nodeID: 'm' }] } }, ['spec.drivers']],
  ['csinodes', { spec: { drivers: [driver] } }, { spec: { drivers: [{ ...driver, allocatable: { count: 3 } }] } }, []],
  ['volumeattachments', { spec: attachment }, { spec: { ...attachment, nodeName: 'm' } }, ['spec']],
  ['volumeattributesclasses', { driverName: 'a' }, { driverName: 'b' }, ['driverName']],
])('%s: what does not change (%#)', (plural, from, to, fields) =>
  expect(
    kind(plural)
      .validateUpdate?.(objectOf(plural, to), objectOf(plural, from), FieldPath.root, context)
      .map(({ field }) => field),
  ).toEqual(fields),
);

test('the default class is marked', () =>
  expect(
    kind('storageclasses').columns[0]?.value(
      { metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } },
      context.now,
    ),
  ).toBe('fast (default)'));
