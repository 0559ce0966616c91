import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, required, tooLong, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  PersistentVolumeSpec,
  VolumeAttachment,
  VolumeAttachmentSpec,
  VolumeAttachmentStatus,
} from '../../../api/generated/types.js';
import { between, isDnsSubdomain } from '../../../api/names.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { statusOnly } from '../../status-only.js';
import { fieldIsImmutable, inFormat } from '../../rules.js';
import { validateDriverName } from '../storage.validation.js';

/** VolumeAttachment: a volume that is to be, or is, attached to a node. */
export const volumeAttachment = defineResource<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  strategy: {
    allowUnconditionalUpdate: false,
    deleteReturnsObject: true,
    prepareForStatusUpdate: statusOnly,
    prepareForCreate: (attachment) => ({ ...attachment, status: { attached: false } }),
  },
  validate: validateAttachment,
  validateUpdate: (next, current, at) =>
    deepEqual(next.spec, current.spec) ? [] : [invalid(at.child('spec'), next.spec, fieldIsImmutable)],
  validateStatusUpdate: (next, _current, at) => validateAttachment(next, at),
  columns: [
    nameColumn,
    column('Attacher', 'string', ({ spec }) => spec?.attacher ?? '', { format: 'name' }),
    column('PV', 'string', ({ spec }) => spec?.source?.persistentVolumeName ?? ''),
    column('Node', 'string', ({ spec }) => spec?.nodeName ?? ''),
    column('Attached', 'boolean', ({ status }) => status?.attached ?? false),
    ageColumn,
  ],
});

const maxMetadataBytes = 256 * 1024;
const maxMessageBytes = 1024;
const maxErrorCode = 2 ** 31 - 1;
const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

/** A volume that is no PersistentVolume is a driver's, and has nothing that only those have. */
function validateInline(spec: PersistentVolumeSpec, at: FieldPath): FieldError[] {
  const inline = 'in the context of inline volumes';
  return [
    ...(spec.claimRef ? [forbiddenField(at.child('claimRef'), `may not be specified ${inline}`)] : []),
    ...(Object.keys(spec.capacity ?? {}).length > 0
      ? [forbiddenField(at.child('capacity'), `may not be specified ${inline}`)]
      : []),
    ...(spec.csi ? [] : [required(at.child('csi'), `has to be specified ${inline}`)]),
    ...((spec.accessModes ?? []).length === 0 ? [required(at.child('accessModes'))] : []),
    ...(spec.nodeAffinity ? [forbiddenField(at.child('nodeAffinity'), `may not be specified ${inline}`)] : []),
  ];
}

function validateSource(source: Partial<VolumeAttachmentSpec['source']>, at: FieldPath): FieldError[] {
  const { inlineVolumeSpec, persistentVolumeName: name } = source;
  if (name === undefined && !inlineVolumeSpec) return [required(at, exactlyOne)];
  if (name === undefined) return validateInline(inlineVolumeSpec ?? {}, at.child('inlineVolumeSpec'));
  if (inlineVolumeSpec) return [forbiddenField(at, exactlyOne)];
  return name === '' ? [required(at.child('persistentVolumeName'), 'must specify non empty persistentVolumeName')] : [];
}

function validateFailure(failure: VolumeAttachmentStatus['attachError'], at: FieldPath): FieldError[] {
  return [
    ...(Buffer.byteLength(failure?.message ?? '') > maxMessageBytes
      ? [tooLong(at.child('message'), maxMetadataBytes)]
      : []),
    ...((failure?.errorCode ?? 0) < 0
      ? [invalid(at.child('errorCode'), failure?.errorCode, between(0, maxErrorCode))]
      : []),
  ];
}

function validateStatus(
  { attachmentMetadata = {}, attachError, detachError }: Partial<VolumeAttachmentStatus>,
  at: FieldPath,
): FieldError[] {
  const bytes = Object.entries(attachmentMetadata).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  return [
    ...(bytes > maxMetadataBytes ? [tooLong(at.child('attachmentMetadata'), maxMetadataBytes)] : []),
    ...validateFailure(attachError, at.child('attachError')),
    ...validateFailure(detachError, at.child('detachError')),
  ];
}

function validateAttachment({ spec, status }: VolumeAttachment, at: FieldPath): FieldError[] {
  const path = at.child('spec');
  const volume = spec?.source?.persistentVolumeName;
  return [
    ...validateDriverName(spec?.attacher, path.child('attacher')),
    ...validateSource(spec?.source ?? {}, path.child('source')),
    ...inFormat(isDnsSubdomain, spec?.nodeName ?? '', path.child('nodeName')),
    ...validateStatus(status ?? {}, at.child('status')),
    ...(volume === undefined ? [] : inFormat(isDnsSubdomain, volume, path.child('source', 'persistentVolumeName'))),
  ];
}
