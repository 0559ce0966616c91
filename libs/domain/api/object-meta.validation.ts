import { all, each, eachEntry } from './findings.js';
import { invalid, forbiddenField, required, tooLong, type FieldError } from './field-error.js';
import type { FieldPath } from './field-path.js';
import { parseApiVersion } from './group-version.js';
import type { ObjectMeta, OwnerReference } from './kube-object.js';
import { isDnsLabel, isDnsSubdomain, isLabelValue, isQualifiedName, type FormatCheck } from './names.js';

const maxAnnotationBytes = 256 * 1024;
const immutable = 'field is immutable';

export interface MetaRules {
  readonly namespaced: boolean;
  /** What the kind's names must look like; default: a DNS subdomain. */
  readonly nameFormat?: FormatCheck;
  /** Whether a finalizer without a domain may have any name; default: only the standard ones. */
  readonly freeFinalizers?: boolean;
}

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** A finalizer that is not one of the standard ones has a domain: whose it is, must be visible. */
export const finalizerProblems: FormatCheck = (name) =>
  name.includes('/') || standardFinalizers.has(name)
    ? []
    : ['name is neither a standard finalizer name nor is it fully qualified'];

/** A generateName is a prefix: what it lacks at the end, the generated suffix supplies. */
const asPrefix = (name: string): string => (name.endsWith('-') && name.length > 1 ? `${name.slice(0, -1)}a` : name);

const mismatches = (check: FormatCheck, value: string, at: FieldPath, shown = value): FieldError[] =>
  each(check(value), (text) => [invalid(at, shown, text)]);

export const validateLabels = (labels: Record<string, string> | undefined, at: FieldPath): FieldError[] =>
  eachEntry(labels, (key, value) => all(mismatches(isQualifiedName, key, at), mismatches(isLabelValue, value, at)));

/** Keys are qualified names in any case; all together take at most 256 KiB. */
export function validateAnnotations(annotations: Record<string, string> | undefined, at: FieldPath): FieldError[] {
  let bytes = 0;
  for (const key in annotations) bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
  return all(
    eachEntry(annotations, (key) => mismatches(isQualifiedName, key.toLowerCase(), at, key)),
    bytes > maxAnnotationBytes ? [tooLong(at, maxAnnotationBytes)] : [],
  );
}

function validateOwnerReference(owner: OwnerReference, at: FieldPath): FieldError[] {
  const stated = owner.apiVersion ?? '';
  const { group, version } = stated.split('/').length > 2 ? { group: '', version: '' } : parseApiVersion(stated);
  return all(
    version === '' ? [invalid(at.child('apiVersion'), stated, 'version must not be empty')] : [],
    (['kind', 'name', 'uid'] as const)
      .filter((field) => !owner[field])
      .map((field) => invalid(at.child(field), owner[field] ?? '', 'must not be empty')),
    group === '' && version === 'v1' && owner.kind === 'Event'
      ? [invalid(at, owner, '/v1, Kind=Event is disallowed from being an owner')]
      : [],
  );
}

function validateOwnerReferences(owners: readonly OwnerReference[], at: FieldPath): FieldError[] {
  const [first, ...others] = owners.filter(({ controller }) => controller === true);
  return all(
    each(owners, (owner) => validateOwnerReference(owner, at)),
    others.map((other) =>
      invalid(
        at,
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${first?.kind}/${first?.name} and ${other.kind}/${other.name}`,
      ),
    ),
  );
}

const validateFinalizerDomains = (finalizers: readonly string[], at: FieldPath): FieldError[] =>
  each(finalizers, (finalizer, i) => mismatches(finalizerProblems, finalizer, at.index(i)));

function validateFinalizers(finalizers: readonly string[], at: FieldPath): FieldError[] {
  const both = finalizers.includes('orphan') && finalizers.includes('foregroundDeletion');
  return all(
    each(finalizers, (finalizer) => mismatches(isQualifiedName, finalizer, at)),
    both ? [invalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')] : [],
  );
}

/** Rules of metav1.ObjectMeta for an object as it is about to be stored, its name already generated. */
export function validateObjectMeta(
  meta: ObjectMeta,
  { namespaced, nameFormat = isDnsSubdomain, freeFinalizers = false }: MetaRules,
  at: FieldPath,
): FieldError[] {
  return all(
    meta.generateName
      ? mismatches(nameFormat, asPrefix(meta.generateName), at.child('generateName'), meta.generateName)
      : [],
    meta.name
      ? mismatches(nameFormat, meta.name, at.child('name'))
      : [required(at.child('name'), 'name or generateName is required')],
    validateNamespaceField(meta.namespace, namespaced, at.child('namespace')),
    (meta.generation ?? 0) < 0
      ? [invalid(at.child('generation'), meta.generation, 'must be greater than or equal to 0')]
      : [],
    validateLabels(meta.labels, at.child('labels')),
    validateAnnotations(meta.annotations, at.child('annotations')),
    validateOwnerReferences(meta.ownerReferences ?? [], at.child('ownerReferences')),
    validateFinalizers(meta.finalizers ?? [], at.child('finalizers')),
    freeFinalizers ? [] : validateFinalizerDomains(meta.finalizers ?? [], at.child('finalizers')),
  );
}

function validateNamespaceField(namespace: string | undefined, namespaced: boolean, at: FieldPath): FieldError[] {
  if (!namespaced) return namespace ? [forbiddenField(at, 'not allowed on this type')] : [];
  return namespace ? mismatches(isDnsLabel, namespace, at) : [required(at)];
}

/** What an update may not change in the metadata: identity, and finalizers may only go while the object is being deleted. */
export function validateObjectMetaUpdate(next: ObjectMeta, current: ObjectMeta, at: FieldPath): FieldError[] {
  const added = (next.finalizers ?? []).filter((finalizer) => !current.finalizers?.includes(finalizer)).sort();
  const fixed = [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const;
  const changes = all(
    current.deletionTimestamp !== undefined && added.length > 0
      ? [
          forbiddenField(
            at.child('finalizers'),
            `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => JSON.stringify(f)).join(', ')}}`,
          ),
        ]
      : [],
    (next.generation ?? 0) < (current.generation ?? 0)
      ? [invalid(at.child('generation'), next.generation, 'must not be decremented')]
      : [],
    fixed
      .filter((field) => next[field] !== current[field])
      .map((field) => invalid(at.child(field), next[field], immutable)),
  );
  // Twice among the causes, as by the rules of every object and again by those of its kind.
  return all(
    changes,
    changes,
    validateLabels(next.labels, at.child('labels')),
    validateAnnotations(next.annotations, at.child('annotations')),
    validateOwnerReferences(next.ownerReferences ?? [], at.child('ownerReferences')),
    validateFinalizers(next.finalizers ?? [], at.child('finalizers')),
  );
}
