import { all, each } from '../../../api/findings.js';
import {
  duplicate,
  forbiddenField,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { DownwardAPIVolumeFile, KeyToPath, Volume } from '../../../api/generated/types.js';
import type { ObjectMeta } from '../../../api/kube-object.js';
import { between, isDnsLabel, isDnsSubdomain } from '../../../api/names.js';
import { parseQuantity } from '../../../api/quantity.js';
import { inFormat } from '../../rules.js';
import { validateClaimTemplate } from './claim-template.validation.js';
import { validateFieldRef, validateResourceFieldRef, volumeFields } from './environment.validation.js';
import { validateHostPath } from './host-path.validation.js';
import { validateProjected } from './projected-volume.validation.js';
import { fileMode, pathWithoutBacksteps, unreservedPath } from './volume-path.validation.js';

export const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

export const validateKeyToPath = ({ key, path, mode }: KeyToPath, at: FieldPath): FieldError[] =>
  all(
    key ? [] : [required(at.child('key'))],
    path ? unreservedPath(path, at.child('path')) : [required(at.child('path'))],
    fileMode(mode, at.child('mode')),
  );

export function validateDownwardFile(
  { path, fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile,
  at: FieldPath,
): FieldError[] {
  return all(
    path ? unreservedPath(path, at.child('path')) : [required(at.child('path'))],
    fieldRef ? validateFieldRef(fieldRef, volumeFields, at.child('fieldRef')) : [],
    fieldRef && resourceFieldRef
      ? [invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')]
      : [],
    !fieldRef && resourceFieldRef ? validateResourceFieldRef(resourceFieldRef, true, at.child('resourceFieldRef')) : [],
    !fieldRef && !resourceFieldRef ? [required(at, 'one of fieldRef and resourceFieldRef is required')] : [],
    fileMode(mode, at.child('mode')),
  );
}

const needs =
  (...fields: string[]) =>
  (source: object, at: FieldPath): FieldError[] =>
    fields.filter((field) => !(source as Record<string, unknown>)[field]).map((field) => required(at.child(field)));

type Sources = Omit<Volume, 'name'>;
type SourceRule<K extends keyof Sources> = (
  source: NonNullable<Sources[K]>,
  at: FieldPath,
  meta: ObjectMeta | undefined,
  name: string,
) => FieldError[];

/** One rule for each type of volume, in the order in which a second type is reported. */
const sourceRules: { readonly [K in keyof Required<Sources>]: SourceRule<K> } = {
  emptyDir: ({ sizeLimit }, at) =>
    sizeLimit !== undefined && (parseQuantity(sizeLimit)?.nano ?? 0n) < 0n
      ? [forbiddenField(at.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: validateHostPath,
  gitRepo: ({ repository, directory }, at) =>
    all(
      repository ? [] : [required(at.child('repository'))],
      directory ? pathWithoutBacksteps(directory, at.child('directory')) : [],
    ),
  gcePersistentDisk: needs('pdName'),
  awsElasticBlockStore: needs('volumeID'),
  secret: ({ secretName, defaultMode, items = [] }, at) =>
    all(
      secretName ? [] : [required(at.child('secretName'))],
      fileMode(defaultMode, at.child('defaultMode')),
      each(items, (item, i) => validateKeyToPath(item, at.child('items').index(i))),
    ),
  nfs: ({ server, path = '' }, at) =>
    all(
      server ? [] : [required(at.child('server'))],
      path ? [] : [required(at.child('path'))],
      path.startsWith('/') ? [] : [invalid(at.child('path'), path, 'must be an absolute path')],
    ),
  iscsi: needs('targetPortal', 'iqn'),
  glusterfs: needs('endpoints', 'path'),
  flocker: ({ datasetName, datasetUUID }, at) =>
    datasetName || datasetUUID ? [] : [required(at, 'one of datasetName and datasetUUID is required')],
  persistentVolumeClaim: needs('claimName'),
  rbd: ({ monitors, image }, at) =>
    all(monitors?.length ? [] : [required(at.child('monitors'))], image ? [] : [required(at.child('image'))]),
  cinder: needs('volumeID'),
  cephfs: ({ monitors }, at) => (monitors?.length ? [] : [required(at.child('monitors'))]),
  quobyte: needs('registry', 'volume'),
  downwardAPI: ({ defaultMode, items = [] }, at) =>
    all(
      fileMode(defaultMode, at.child('defaultMode')),
      each(items, (file) => validateDownwardFile(file, at)),
    ),
  fc: ({ targetWWNs = [], wwids = [], lun }, at) =>
    all(
      targetWWNs.length + wwids.length === 0
        ? [required(at.child('targetWWNs'), 'must specify either targetWWNs or wwids, but not both')]
        : [],
      targetWWNs.length > 0 && wwids.length > 0
        ? [invalid(at.child('targetWWNs'), targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')]
        : [],
      targetWWNs.length > 0 && lun !== undefined && (lun < 0 || lun > 255)
        ? [invalid(at.child('lun'), lun, between(0, 255))]
        : [],
      targetWWNs.length > 0 && lun === undefined
        ? [required(at.child('lun'), 'lun is required if targetWWNs is specified')]
        : [],
    ),
  flexVolume: needs('driver'),
  configMap: ({ name, defaultMode, items = [] }, at) =>
    all(
      name ? [] : [required(at.child('name'))],
      fileMode(defaultMode, at.child('defaultMode')),
      each(items, (item, i) => validateKeyToPath(item, at.child('items').index(i))),
    ),
  azureFile: needs('secretName', 'shareName'),
  vsphereVolume: needs('volumePath'),
  photonPersistentDisk: needs('pdID'),
  portworxVolume: needs('volumeID'),
  azureDisk: needs('diskName', 'diskURI'),
  storageos: needs('volumeName'),
  projected: (source, at) => validateProjected(source, at),
  scaleIO: needs('gateway', 'system', 'volumeName'),
  csi: needs('driver'),
  ephemeral: ({ volumeClaimTemplate }, at, meta, name) =>
    all(
      volumeClaimTemplate
        ? validateClaimTemplate(volumeClaimTemplate, at.child('volumeClaimTemplate'))
        : [required(at.child('volumeClaimTemplate'))],
      meta?.name && name
        ? isDnsSubdomain(`${meta.name}-${name}`).map((text) =>
            invalid(at.child('name'), name, `PVC name "${meta.name}-${name}": ${text}`),
          )
        : [],
    ),
  image: ({ reference, pullPolicy }, at, meta) =>
    all(
      meta && !reference ? [required(at.child('reference'))] : [],
      pullPolicy === undefined || pullPolicies.includes(pullPolicy)
        ? []
        : [notSupported(at.child('pullPolicy'), pullPolicy, pullPolicies)],
    ),
};

function validateSource(volume: Volume, meta: ObjectMeta | undefined, at: FieldPath): FieldError[] {
  const present = (Object.keys(sourceRules) as (keyof Sources)[]).filter((type) => volume[type] !== undefined);
  if (present.length === 0) return [required(at, 'must specify a volume type')];
  return each(present, (type, i) => {
    if (i > 0) return [forbiddenField(at.child(type), 'may not specify more than 1 volume type')];
    const rule = sourceRules[type] as SourceRule<typeof type>;
    return rule(volume[type] as never, at.child(type), meta, volume.name);
  });
}

/** Rules of a pod's volumes. `meta` is the pod's metadata, absent in a template. */
export function validateVolumes(volumes: readonly Volume[], meta: ObjectMeta | undefined, at: FieldPath): FieldError[] {
  const createdClaims = volumes
    .filter(({ ephemeral }) => ephemeral && meta?.name)
    .map(({ name }) => `${meta?.name}-${name}`);
  return each(volumes, (volume, i) => {
    const path = at.index(i);
    const claim = volume.persistentVolumeClaim?.claimName;
    return all(
      validateSource(volume, meta, path),
      volume.name ? inFormat(isDnsLabel, volume.name, path.child('name')) : [required(path.child('name'))],
      volumes.findIndex(({ name }) => name === volume.name) < i ? [duplicate(path.child('name'), volume.name)] : [],
      claim && createdClaims.includes(claim)
        ? [
            invalid(
              path.child('persistentVolumeClaim', 'claimName'),
              claim,
              'must not reference a PVC that gets created for an ephemeral volume',
            ),
          ]
        : [],
    );
  });
}
