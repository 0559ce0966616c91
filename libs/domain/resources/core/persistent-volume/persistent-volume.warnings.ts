import type { PersistentVolume } from '../../../api/generated/types.js';
import { storageClassAnnotation } from './access-modes.js';

const gone = {
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
} as const;

const annotations = {
  [storageClassAnnotation]: 'deprecated since v1.8; use "storageClassName" attribute instead',
  'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
};

/** Of a volume that nothing may be able to use. */
export const persistentVolumeWarnings = ({ metadata, spec }: PersistentVolume): string[] => [
  ...Object.entries(annotations)
    .filter(([name]) => metadata.annotations?.[name] !== undefined)
    .map(([name, text]) => `metadata.annotations[${name}]: ${text}`),
  ...(spec?.persistentVolumeReclaimPolicy === 'Recycle'
    ? [
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      ]
    : []),
  ...(Object.keys(gone) as (keyof typeof gone)[])
    .filter((type) => spec?.[type] !== undefined)
    .map((type) => `spec.${type}: ${gone[type]}`),
];
