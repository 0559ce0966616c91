import { posix } from 'node:path';
import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  CSIPersistentVolumeSource,
  PersistentVolume,
  PersistentVolumeSpec,
} from '../../../api/generated/types.js';
import { isDnsSubdomain } from '../../../api/names.js';
import { parseQuantity } from '../../../api/quantity.js';
import { fieldIsImmutable, inFormat, oneOf } from '../../rules.js';
import { validateDriverName } from '../../storage/storage.validation.js';
import { validateNodeSelector } from '../pod-spec/affinity.validation.js';
import { validateHostPath } from '../pod-spec/host-path.validation.js';
import { pathWithoutBacksteps } from '../pod-spec/volume-path.validation.js';
import { accessModes } from './access-modes.js';

const needs =
  (...fields: string[]) =>
  (source: object, at: FieldPath): FieldError[] =>
    fields.filter((field) => !(source as Record<string, unknown>)[field]).map((field) => required(at.child(field)));

function validateCsi(csi: CSIPersistentVolumeSource, at: FieldPath): FieldError[] {
  const secrets = [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeExpandSecretRef',
  ] as const;
  return [
    ...validateDriverName(csi.driver, at.child('driver')),
    ...(csi.volumeHandle ? [] : [required(at.child('volumeHandle'))]),
    ...secrets.flatMap((field) => (csi[field] ? needs('name', 'namespace')(csi[field], at.child(field)) : [])),
  ];
}

type Sources = Omit<
  PersistentVolumeSpec,
  | 'capacity'
  | 'accessModes'
  | 'claimRef'
  | 'persistentVolumeReclaimPolicy'
  | 'storageClassName'
  | 'mountOptions'
  | 'volumeMode'
  | 'nodeAffinity'
  | 'volumeAttributesClassName'
>;
type SourceRule<K extends keyof Sources> = (source: NonNullable<Sources[K]>, at: FieldPath) => FieldError[];

/** One rule for each type of volume, in the order in which a second type is reported. */
const sourceRules: { readonly [K in keyof Required<Sources>]: SourceRule<K> } = {
  hostPath: validateHostPath,
  gcePersistentDisk: needs('pdName'),
  awsElasticBlockStore: needs('volumeID'),
  glusterfs: needs('endpoints', 'path'),
  flocker: ({ datasetName, datasetUUID }, at) =>
    datasetName || datasetUUID ? [] : [required(at, 'one of datasetName and datasetUUID is required')],
  nfs: ({ server, path = '' }, at) => [
    ...(server ? [] : [required(at.child('server'))]),
    ...(path ? [] : [required(at.child('path'))]),
    ...(path.startsWith('/') ? [] : [invalid(at.child('path'), path, 'must be an absolute path')]),
  ],
  rbd: needs('monitors', 'image'),
  quobyte: needs('registry', 'volume'),
  cephfs: needs('monitors'),
  iscsi: needs('targetPortal', 'iqn'),
  cinder: needs('volumeID'),
  fc: ({ targetWWNs = [], wwids = [] }, at) =>
    targetWWNs.length + wwids.length === 0
      ? [required(at.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both')]
      : [],
  flexVolume: needs('driver'),
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: needs('diskName', 'diskURI'),
  scaleIO: needs('gateway', 'system', 'volumeName'),
  local: ({ path }, at) => (path ? pathWithoutBacksteps(path, at.child('path')) : [required(at.child('path'))]),
  storageos: needs('volumeName'),
  csi: validateCsi,
};

const sourceTypes = Object.keys(sourceRules) as (keyof Sources)[];

function validateSource(spec: PersistentVolumeSpec, at: FieldPath): FieldError[] {
  const present = sourceTypes.filter((type) => spec[type] !== undefined);
  if (present.length === 0) return [required(at, 'must specify a volume type')];
  return present.flatMap((type, i) => {
    if (i > 0) return [forbiddenField(at.child(type), 'may not specify more than 1 volume type')];
    const rule = sourceRules[type] as SourceRule<typeof type>;
    return rule(spec[type] as never, at.child(type));
  });
}

function validateModes(modes: readonly string[], at: FieldPath): FieldError[] {
  const alone = 'ReadWriteOncePod';
  const known = modes.filter((mode) => accessModes.includes(mode));
  return [
    ...(modes.length === 0 ? [required(at)] : []),
    ...modes.filter((mode) => !accessModes.includes(mode)).map((mode) => notSupported(at, mode, accessModes)),
    ...(known.includes(alone) && known.some((mode) => mode !== alone)
      ? [forbiddenField(at, `may not use ${alone} with other access modes`)]
      : []),
  ];
}

function validateCapacity(capacity: Record<string, string> = {}, at: FieldPath): FieldError[] {
  const entries = Object.entries(capacity);
  return [
    ...(entries.length === 0 ? [required(at)] : []),
    ...(entries.length === 1 && capacity['storage'] !== undefined ? [] : [notSupported(at, capacity, ['storage'])]),
    ...entries.flatMap(([name, text]) => {
      const { nano } = parseQuantity(text) ?? { nano: 1n };
      return [
        ...(nano < 0n ? [invalid(at.key(name), text, 'must be a valid resource quantity')] : []),
        ...(nano > 0n ? [] : [invalid(at.key(name), text, 'must be greater than zero')]),
      ];
    }),
  ];
}

function validatePlace(spec: PersistentVolumeSpec, at: FieldPath): FieldError[] {
  const affinity = at.child('nodeAffinity', 'required');
  if (spec.nodeAffinity)
    return spec.nodeAffinity.required
      ? validateNodeSelector(spec.nodeAffinity.required, affinity)
      : [required(affinity, 'must specify required node constraints')];
  return spec.local ? [required(at.child('nodeAffinity'), 'Local volume requires node affinity')] : [];
}

function validateAttributes(
  { volumeAttributesClassName: name, csi }: PersistentVolumeSpec,
  at: FieldPath,
): FieldError[] {
  if (name === undefined) return [];
  const path = at.child('volumeAttributesClassName');
  return [
    ...(name === '' ? [required(path, 'an empty string is disallowed')] : inFormat(isDnsSubdomain, name, path)),
    ...(csi ? [] : [required(at.child('csi'), 'has to be specified when using volumeAttributesClassName')]),
  ];
}

/** Rules of the API reference for PersistentVolume. Pure; reports every violation, each with its field path. */
export function validatePersistentVolume({ spec = {} }: PersistentVolume, root: FieldPath): FieldError[] {
  const at = root.child('spec');
  const policy = spec.persistentVolumeReclaimPolicy;
  const wipesTheHost = policy === 'Recycle' && spec.hostPath && posix.normalize(spec.hostPath.path) === '/';
  return [
    ...validateModes(spec.accessModes ?? [], at.child('accessModes')),
    ...validateCapacity(spec.capacity, at.child('capacity')),
    ...oneOf(policy, ['Delete', 'Recycle', 'Retain'], at.child('persistentVolumeReclaimPolicy')),
    ...validatePlace(spec, at),
    ...validateSource(spec, at),
    ...(wipesTheHost
      ? [forbiddenField(at.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
    ...(spec.storageClassName ? inFormat(isDnsSubdomain, spec.storageClassName, at.child('storageClassName')) : []),
    ...oneOf(spec.volumeMode, ['Block', 'Filesystem'], at.child('volumeMode')),
    ...validateAttributes(spec, at),
  ];
}

/** What it is made of, with one part that may be added later. */
function source(spec: PersistentVolumeSpec, before: PersistentVolumeSpec): object {
  const own = Object.fromEntries(sourceTypes.map((type) => [type, spec[type]]));
  if (!spec.csi || !before.csi || before.csi.controllerExpandSecretRef) return own;
  const { controllerExpandSecretRef: _added, ...csi } = spec.csi;
  return { ...own, csi };
}

export function validatePersistentVolumeUpdate(
  next: PersistentVolume,
  current: PersistentVolume,
  root: FieldPath,
): FieldError[] {
  const at = root.child('spec');
  const [to, from] = [next.spec ?? {}, current.spec ?? {}];
  const immutable = (field: 'volumeMode' | 'nodeAffinity'): FieldError[] =>
    deepEqual(to[field] ?? null, from[field] ?? null)
      ? []
      : [invalid(root.child(field), to[field] ?? null, fieldIsImmutable)];
  return [
    ...(deepEqual(source(to, from), source(from, from))
      ? []
      : [
          forbiddenField(at.child('persistentvolumesource'), 'spec.persistentvolumesource is immutable after creation'),
        ]),
    ...immutable('volumeMode'),
    ...(from.nodeAffinity ? immutable('nodeAffinity') : []),
    ...(from.volumeAttributesClassName !== undefined && to.volumeAttributesClassName === undefined
      ? [forbiddenField(at.child('volumeAttributesClassName'), 'update from non-nil value to nil is forbidden')]
      : []),
  ];
}
