import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../api/generated/types.js';
import { parseQuantity } from '../../../api/quantity.js';
import { ageColumn, column, nameColumn, wide } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { accessModesText, storageClassAnnotation } from '../persistent-volume/access-modes.js';
import { validateClaim, validateClaimStatusUpdate, validateClaimUpdate } from './persistent-volume-claim.validation.js';

/** The older field knows two kinds of sources. Another one is dropped from it, as it always was. */
const isOldSource = ({ apiGroup, kind }: NonNullable<PersistentVolumeClaimSpec['dataSource']>): boolean =>
  apiGroup === 'snapshot.storage.k8s.io' ? kind === 'VolumeSnapshot' : !apiGroup && kind === 'PersistentVolumeClaim';

/** Sources in other namespaces are switched off in v1.36. Whoever had a source keeps what it is. */
function withKnownSources(
  spec: PersistentVolumeClaimSpec,
  before?: PersistentVolumeClaimSpec,
): PersistentVolumeClaimSpec {
  if (before?.dataSource || before?.dataSourceRef) return spec;
  const { dataSource, dataSourceRef, ...others } = spec;
  return {
    ...others,
    ...(dataSource && isOldSource(dataSource) ? { dataSource } : {}),
    ...(dataSourceRef && !dataSourceRef.namespace ? { dataSourceRef } : {}),
  };
}

/** The older and the newer field for what a volume is filled from say the same, where both can. */
function withBothSources(spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource && !dataSourceRef) return { ...spec, dataSourceRef: { ...dataSource } };
  if (!dataSourceRef || dataSource || dataSourceRef.namespace) return spec;
  const { namespace: _empty, ...local } = dataSourceRef;
  return { ...spec, dataSource: local };
}

const withSources = (next: PersistentVolumeClaim, current?: PersistentVolumeClaim): PersistentVolumeClaim =>
  next.spec ? { ...next, spec: withBothSources(withKnownSources(next.spec, current?.spec)) } : next;

function fractionWarnings({ resources = {} }: PersistentVolumeClaimSpec): string[] {
  return (['requests', 'limits'] as const).flatMap((kind) => {
    const amount = resources[kind]?.['storage'];
    const isFraction = (parseQuantity(amount ?? '0')?.nano ?? 0n) % 1_000_000_000n !== 0n;
    return isFraction
      ? [`spec.resources.${kind}[storage]: fractional byte value "${amount}" is invalid, must be an integer`]
      : [];
  });
}

/** PersistentVolumeClaim: storage that somebody asks for. */
export const persistentVolumeClaim = defineResource<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  defaults: (claim) => {
    if (claim.spec) claim.spec.volumeMode ??= 'Filesystem';
    claim.status ??= {};
    claim.status.phase ||= 'Pending';
  },
  strategy: {
    prepareForCreate: (claim) => ({ ...withSources(claim), status: { phase: 'Pending' } }),
    prepareForUpdate: (next, current) => ({
      ...withSources(next, current),
      ...(current.status ? { status: current.status } : {}),
    }),
    deleteReturnsObject: true,
  },
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatusUpdate,
  warnings: ({ metadata, spec }) => [
    ...(metadata.annotations?.[storageClassAnnotation] === undefined
      ? []
      : [
          `metadata.annotations[${storageClassAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`,
        ]),
    ...fractionWarnings(spec ?? {}),
  ],
  columns: [
    nameColumn,
    column('Status', 'string', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column('Volume', 'string', ({ spec }) => spec?.volumeName ?? ''),
    column('Capacity', 'string', ({ spec, status }) =>
      spec?.volumeName ? (status?.capacity?.['storage'] ?? '0') : '',
    ),
    column('Access Modes', 'string', ({ spec, status }) =>
      spec?.volumeName ? accessModesText(status?.accessModes) : '',
    ),
    column(
      'StorageClass',
      'string',
      ({ metadata, spec }) => metadata.annotations?.[storageClassAnnotation] ?? spec?.storageClassName ?? '',
    ),
    column('VolumeAttributesClass', 'string', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
    ageColumn,
    wide('VolumeMode', 'string', ({ spec }) => spec?.volumeMode ?? '<unset>'),
  ],
});
