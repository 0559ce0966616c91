import { all } from '../../../api/findings.js';
import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type {
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimTemplate,
  TypedObjectReference,
} from '../../../api/generated/types.js';
import { validateLabelSelector } from '../../../api/label-selector.js';
import { isDnsLabel, isDnsSubdomain } from '../../../api/names.js';
import { validateAnnotations, validateLabels } from '../../../api/object-meta.validation.js';
import { parseQuantity } from '../../../api/quantity.js';
import { inFormat, oneOf } from '../../rules.js';

const alone = 'ReadWriteOncePod';
const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', alone];

function validateAccessModes(modes: readonly string[], at: FieldPath): FieldError[] {
  if (modes.length === 0) return [required(at, 'at least 1 access mode is required')];
  const known = modes.filter((mode) => accessModes.includes(mode));
  return all(
    modes.filter((mode) => !accessModes.includes(mode)).map((mode) => notSupported(at, mode, accessModes)),
    known.includes(alone) && known.some((mode) => mode !== alone)
      ? [forbiddenField(at, `may not use ${alone} with other access modes`)]
      : [],
  );
}

function validateStorage(storage: string | undefined, at: FieldPath): FieldError[] {
  if (storage === undefined) return [required(at)];
  return (parseQuantity(storage)?.nano ?? 1n) > 0n ? [] : [invalid(at, storage, 'must be greater than zero')];
}

function validateDataSource(source: TypedObjectReference | undefined, at: FieldPath): FieldError[] {
  if (!source) return [];
  const { apiGroup = '', kind, name, namespace } = source;
  return all(
    name ? [] : [required(at.child('name'))],
    kind ? [] : [required(at.child('kind'))],
    apiGroup === '' && kind !== 'PersistentVolumeClaim'
      ? [invalid(at, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : [],
    apiGroup ? inFormat(isDnsSubdomain, apiGroup, at.child('apiGroup')) : [],
    namespace ? inFormat(isDnsLabel, namespace, at.child('namespace')) : [],
  );
}

/** Both name the same source, unless only the newer field can: then the older one stays away. */
function validateSourcePair({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, at: FieldPath): FieldError[] {
  if (!dataSource || !dataSourceRef) return [];
  const shown = at.child('dataSource').toString();
  if (dataSourceRef.namespace)
    return [invalid(at, shown, 'may not be specified when dataSourceRef.namespace is specified')];
  const same = (['apiGroup', 'kind', 'name'] as const).every((field) => dataSource[field] === dataSourceRef[field]);
  return same ? [] : [invalid(at, shown, 'must match dataSourceRef')];
}

/** Rules of what a claim asks of storage. Pure; reports every violation, each with its field path. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, at: FieldPath): FieldError[] {
  const className = (field: 'storageClassName' | 'volumeAttributesClassName'): FieldError[] =>
    spec[field] ? inFormat(isDnsSubdomain, spec[field], at.child(field)) : [];
  return all(
    validateAccessModes(spec.accessModes ?? [], at.child('accessModes')),
    validateLabelSelector(spec.selector, at.child('selector')),
    validateStorage(spec.resources?.requests?.['storage'], at.child('resources').key('storage')),
    className('storageClassName'),
    oneOf(spec.volumeMode, ['Block', 'Filesystem'], at.child('volumeMode')),
    validateDataSource(spec.dataSource, at.child('dataSource')),
    validateDataSource(spec.dataSourceRef, at.child('dataSourceRef')),
    validateSourcePair(spec, at),
    className('volumeAttributesClassName'),
  );
}

/** The claim that an ephemeral volume makes: its metadata are labels and annotations only. */
export function validateClaimTemplate({ metadata, spec }: PersistentVolumeClaimTemplate, at: FieldPath): FieldError[] {
  const { annotations, labels, ...others } = metadata ?? {};
  const path = at.child('metadata');
  return all(
    validateAnnotations(annotations, path.child('annotations')),
    validateLabels(labels, path.child('labels')),
    Object.keys(others).map((field) => forbiddenField(path.child(field), 'cannot be set')),
    validateClaimSpec(spec ?? {}, at.child('spec')),
  );
}
