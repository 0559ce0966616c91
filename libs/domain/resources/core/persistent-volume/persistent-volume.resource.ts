import type { PersistentVolume } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn, wide } from '../../columns.js';
import { defineResource, type RuleContext } from '../../define-resource.js';
import { accessModesText, storageClassAnnotation } from './access-modes.js';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './persistent-volume.validation.js';
import { persistentVolumeWarnings } from './persistent-volume.warnings.js';

const seconds = ({ now }: RuleContext): string => `${now.toISOString().slice(0, 19)}Z`;

/** PersistentVolume: storage that is there. */
export const persistentVolume = defineResource<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  defaults: (volume) => {
    volume.status ??= {};
    volume.status.phase ||= 'Pending';
    if (!volume.spec) return;
    volume.spec.persistentVolumeReclaimPolicy ||= 'Retain';
    volume.spec.volumeMode ??= 'Filesystem';
    if (volume.spec.hostPath) volume.spec.hostPath.type ??= '';
  },
  strategy: {
    prepareForCreate: (volume, context) => ({
      ...volume,
      status: { phase: 'Pending', lastPhaseTransitionTime: seconds(context) },
    }),
    prepareForUpdate: (next, current) => ({ ...next, ...(current.status ? { status: current.status } : {}) }),
    prepareForStatusUpdate: (next, current, context) => {
      const [to, from] = [next.status ?? {}, current.status ?? {}];
      const isStale = !to.lastPhaseTransitionTime || to.lastPhaseTransitionTime === from.lastPhaseTransitionTime;
      const since = to.phase === from.phase ? from.lastPhaseTransitionTime : seconds(context);
      return {
        ...next,
        ...(current.spec ? { spec: current.spec } : {}),
        status: { ...to, ...(isStale && since ? { lastPhaseTransitionTime: since } : {}) },
      };
    },
    deleteReturnsObject: true,
  },
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  warnings: persistentVolumeWarnings,
  columns: [
    nameColumn,
    column('Capacity', 'string', ({ spec }) => spec?.capacity?.['storage'] ?? '0'),
    column('Access Modes', 'string', ({ spec }) => accessModesText(spec?.accessModes)),
    column('Reclaim Policy', 'string', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
    column('Status', 'string', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column('Claim', 'string', ({ spec }) =>
      spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '',
    ),
    column(
      'StorageClass',
      'string',
      ({ metadata, spec }) => metadata.annotations?.[storageClassAnnotation] ?? spec?.storageClassName ?? '',
    ),
    column('VolumeAttributesClass', 'string', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    column('Reason', 'string', ({ status }) => status?.reason ?? ''),
    ageColumn,
    wide('VolumeMode', 'string', ({ spec }) => spec?.volumeMode ?? '<unset>'),
  ],
});
