import { FieldPath } from '../../../api/field-path.js';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/generated/types.js';
import { persistentVolumeClaim } from '../persistent-volume-claim/persistent-volume-claim.resource.js';
import { accessModesText } from './access-modes.js';
import { persistentVolume } from './persistent-volume.resource.js';

const now = new Date('2026-01-01T12:00:00.5Z');
const context = { now, newUid: () => 'u' };
const texts = (errors: readonly { field: string; message: string }[] | undefined): string[] =>
  (errors ?? []).map(({ field, message }) => `${field}: ${message}`);

const volumeOf = (spec: object = {}): PersistentVolume => {
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'v' },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' }, ...spec },
  } as unknown as PersistentVolume;
  persistentVolume.defaults?.(volume);
  return volume;
};

describe('a volume', () => {
  test.each<[string, object, string[]]>([
    ['on its host', {}, []],
    ['of no type', { hostPath: undefined }, ['spec: Required value: must specify a volume type']],
    [
      'of two types',
      { nfs: { server: 's', path: '/' } },
      ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'of a negative size',
      { capacity: { storage: '-1' } },
      [
        'spec.capacity[storage]: Invalid value: "-1": must be a valid resource quantity',
        'spec.capacity[storage]: Invalid value: "-1": must be greater than zero',
      ],
    ],
    [
      'for one pod and for many',
      { accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] },
      ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    ],
    [
      'that would wipe its host',
      { hostPath: { path: '//' }, persistentVolumeReclaimPolicy: 'Recycle' },
      ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
    ],
    [
      'of a node that is not named',
      { hostPath: undefined, local: { path: '/disk' } },
      ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    [
      'with attributes that its type does not have',
      { volumeAttributesClassName: 'gold' },
      ['spec.csi: Required value: has to be specified when using volumeAttributesClassName'],
    ],
  ])('%s', (_, spec, expected) =>
    expect(texts(persistentVolume.validate?.(volumeOf(spec), FieldPath.root, context))).toEqual(expected),
  );

  const csi = { hostPath: undefined, csi: { driver: 'x.io', volumeHandle: 'h' } };
  const secret = { name: 's', namespace: 'n' };
  test.each<[string, object, object, string[]]>([
    ['its size', {}, { capacity: { storage: '2Gi' } }, []],
    ['its place', {}, { hostPath: { path: '/other' } }, ['spec.persistentvolumesource']],
    ['a secret it did not have', csi, { ...csi, csi: { ...csi.csi, controllerExpandSecretRef: secret } }, []],
    ['its mode', {}, { volumeMode: 'Block' }, ['volumeMode']],
  ])('changes %s', (_, from, to, fields) =>
    expect(
      persistentVolume
        .validateUpdate?.(volumeOf(to), volumeOf(from), FieldPath.root, context)
        .map(({ field }) => field),
    ).toEqual(fields),
  );

  test('tells since when it is in its phase', () => {
    const bound = { ...volumeOf(), status: { phase: 'Bound' as const } };
    const status = persistentVolume.strategy?.prepareForStatusUpdate?.(bound, volumeOf(), context).status;
    expect(status).toEqual({ phase: 'Bound', lastPhaseTransitionTime: '2026-01-01T12:00:00Z' });
  });
});

const claimOf = (spec: object = {}, status: object = {}): PersistentVolumeClaim => {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
    status,
  } as unknown as PersistentVolumeClaim;
  persistentVolumeClaim.defaults?.(claim);
  return claim;
};

describe('a claim', () => {
  const size = (storage: string): object => ({ resources: { requests: { storage } } });
  const bound = { phase: 'Bound', capacity: { storage: '1Gi' } };
  test.each<[string, object, object, object, string[]]>([
    ['is given a volume', {}, { volumeName: 'v' }, {}, []],
    ['is not given another one', { volumeName: 'v' }, { volumeName: 'w' }, {}, ['spec']],
    ['does not grow before it is bound', {}, size('3Gi'), {}, ['spec']],
    ['grows when it is bound', {}, size('3Gi'), bound, []],
    ['does not grow that much after all', {}, size('1500Mi'), bound, []],
    ['does not shrink', {}, size('1Gi'), bound, ['spec.resources.requests.storage']],
    ['keeps its mode', {}, { volumeMode: 'Block' }, bound, ['spec', 'volumeMode']],
    [
      'says the same whether or not it says that the group is empty',
      { dataSource: { kind: 'PersistentVolumeClaim', name: 'a', apiGroup: null } },
      { dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } },
      {},
      [],
    ],
  ])('%s', (_, from, to, status, fields) =>
    expect(
      persistentVolumeClaim
        .validateUpdate?.(claimOf(to, status), claimOf(from, status), FieldPath.root, context)
        .map(({ field }) => field),
    ).toEqual(fields),
  );

  const source = { kind: 'PersistentVolumeClaim', name: 'a' };
  test.each<[string, object, object]>([
    ['the older field fills the newer', { dataSource: source }, { dataSource: source, dataSourceRef: source }],
    ['the newer field fills the older', { dataSourceRef: source }, { dataSource: source, dataSourceRef: source }],
    ['the older field knows few kinds', { dataSource: { kind: 'Pod', name: 'a' } }, {}],
    ['other namespaces are out of reach', { dataSourceRef: { ...source, namespace: 'n' } }, {}],
  ])('%s', (_, given, kept) => {
    const { dataSource, dataSourceRef } =
      persistentVolumeClaim.strategy?.prepareForCreate?.(claimOf(given), context).spec ?? {};
    expect({ ...(dataSource ? { dataSource } : {}), ...(dataSourceRef ? { dataSourceRef } : {}) }).toEqual(kept);
  });
});

test('access modes are shown in one order, each once', () =>
  expect(accessModesText(['ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOnce'])).toBe('RWO,RWX'));
