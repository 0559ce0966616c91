import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PersistentVolumeClaim } from '../../../api/generated/types.js';
import { compareQuantities, parseQuantity, zeroQuantity, type Quantity } from '../../../api/quantity.js';
import { fieldIsImmutable } from '../../rules.js';
import { storageClassAnnotation } from '../persistent-volume/access-modes.js';
import { validateClaimSpec } from '../pod-spec/claim-template.validation.js';

const amount = (resources: Readonly<Record<string, string>> | undefined): Quantity =>
  parseQuantity(resources?.['storage'] ?? '0') ?? zeroQuantity;

export const validateClaim = ({ spec }: PersistentVolumeClaim, at: FieldPath): FieldError[] =>
  validateClaimSpec(spec ?? {}, at.child('spec'));

/** The spec without what may change: the volume, once; and of a bound claim its size and attributes. */
function settled({ metadata, spec = {}, status }: PersistentVolumeClaim, before: PersistentVolumeClaim): object {
  const { volumeName, storageClassName, volumeAttributesClassName, resources, dataSource, dataSourceRef, ...others } =
    spec;
  const isBound = status?.phase === 'Bound';
  const { storage: _size, ...requests } = resources?.requests ?? {};
  const hadNoClass =
    before.spec?.storageClassName === undefined && metadata.annotations?.[storageClassAnnotation] === undefined;
  return {
    ...others,
    sources: [dataSource, dataSourceRef].map((source) => source && { ...source, apiGroup: source.apiGroup ?? '' }),
    ...(before.spec?.volumeName ? { volumeName: volumeName ?? '' } : {}),
    ...(hadNoClass || storageClassName === undefined ? {} : { storageClassName }),
    ...(isBound || volumeAttributesClassName === undefined ? {} : { volumeAttributesClassName }),
    resources: isBound ? { ...resources, requests } : { ...resources },
  };
}

function validateSize(next: PersistentVolumeClaim, current: PersistentVolumeClaim, at: FieldPath): FieldError[] {
  const asked = amount(next.spec?.resources?.requests);
  return compareQuantities(asked, amount(current.spec?.resources?.requests)) < 0 &&
    compareQuantities(asked, amount(current.status?.capacity)) <= 0
    ? [
        forbiddenField(
          at.child('spec', 'resources', 'requests', 'storage'),
          'field can not be less than status.capacity',
        ),
      ]
    : [];
}

function validateAttributes(next: PersistentVolumeClaim, current: PersistentVolumeClaim, at: FieldPath): FieldError[] {
  const name = next.spec?.volumeAttributesClassName;
  if (name === current.spec?.volumeAttributesClassName || name) return [];
  if (current.status?.currentVolumeAttributesClassName === undefined) return [];
  const what = name === undefined ? 'nil' : 'empty string';
  return [
    forbiddenField(
      at.child('spec', 'volumeAttributesClassName'),
      `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`,
    ),
  ];
}

/** Storage is not what it was if what was asked for changes; it may only grow. */
export function validateClaimUpdate(
  next: PersistentVolumeClaim,
  current: PersistentVolumeClaim,
  at: FieldPath,
): FieldError[] {
  const annotation = at.child('metadata', 'annotations').key(storageClassAnnotation);
  const named = next.metadata.annotations?.[storageClassAnnotation];
  return [
    ...(named === current.metadata.annotations?.[storageClassAnnotation]
      ? []
      : [invalid(annotation, named ?? '', fieldIsImmutable)]),
    ...(deepEqual(settled(next, current), settled({ ...current, status: next.status ?? {} }, current))
      ? []
      : [
          forbiddenField(
            at.child('spec'),
            'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
          ),
        ]),
    ...validateSize(next, current, at),
    ...(next.spec?.volumeMode === current.spec?.volumeMode
      ? []
      : [invalid(at.child('volumeMode'), next.spec?.volumeMode ?? null, fieldIsImmutable)]),
    ...validateAttributes(next, current, at),
  ];
}

export const validateClaimStatusUpdate = (
  { spec }: PersistentVolumeClaim,
  _current: PersistentVolumeClaim,
  at: FieldPath,
): FieldError[] => ((spec?.accessModes ?? []).length === 0 ? [required(at.child('Spec', 'accessModes'))] : []);
