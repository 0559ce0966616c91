import { deepEqual } from '../../../api/deep-equal.js';
import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { ReplicaSet, ReplicaSetSpec } from '../../../api/generated/types.js';
import { fieldIsImmutable, nonNegative } from '../../rules.js';
import { validateReplicaCounts, validateReplicas } from '../workload.validation.js';

const noSpec: Partial<ReplicaSetSpec> = {};

/** Rules of the API reference for ReplicaSet. Pure; reports every violation, each with its field path. */
export function validateReplicaSet(replicaSet: ReplicaSet, at: FieldPath): FieldError[] {
  const spec = replicaSet.spec ?? noSpec;
  const path = at.child('spec');
  return [
    ...nonNegative(spec.replicas, path.child('replicas')),
    ...nonNegative(spec.minReadySeconds, path.child('minReadySeconds')),
    ...validateReplicas(spec, path),
  ];
}

/** The selector never changes: pods would be orphaned or fought over. */
export const validateReplicaSetUpdate = (next: ReplicaSet, current: ReplicaSet, at: FieldPath): FieldError[] =>
  deepEqual(next.spec?.selector, current.spec?.selector)
    ? []
    : [invalid(at.child('spec', 'selector'), next.spec?.selector, fieldIsImmutable)];

export const validateReplicaSetStatusUpdate = (
  { status }: ReplicaSet,
  _current: ReplicaSet,
  at: FieldPath,
): FieldError[] =>
  validateReplicaCounts(
    status ?? { replicas: 0 },
    [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'observedGeneration',
      'terminatingReplicas',
    ],
    at.child('status'),
  );
