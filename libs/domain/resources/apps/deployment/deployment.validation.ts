import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Deployment, DeploymentSpec } from '../../../api/generated/types.js';
import { percentOf } from '../../../api/int-or-string.js';
import { fieldIsImmutable, nonNegative } from '../../rules.js';
import {
  countOrPercent,
  validateCollisions,
  validateCountOrPercent,
  validateReplicaCounts,
  validateReplicas,
} from '../workload.validation.js';

const strategyTypes = ['Recreate', 'RollingUpdate'];
const noSpec: Partial<DeploymentSpec> = {};

function validateStrategy(strategy: NonNullable<DeploymentSpec['strategy']>, at: FieldPath): FieldError[] {
  const { type, rollingUpdate } = strategy;
  const path = at.child('rollingUpdate');
  if (type === 'Recreate') {
    return rollingUpdate ? [forbiddenField(path, "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  if (type !== 'RollingUpdate') return [notSupported(at, strategy, strategyTypes)];
  if (!rollingUpdate) return [required(path, 'this should be defaulted and never be nil')];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  return [
    ...validateCountOrPercent(maxUnavailable, path.child('maxUnavailable')),
    ...validateCountOrPercent(maxSurge, path.child('maxSurge')),
    ...(countOrPercent(maxUnavailable) === 0 && countOrPercent(maxSurge) === 0
      ? [invalid(path.child('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...((percentOf(maxUnavailable) ?? 0) > 100
      ? [invalid(path.child('maxUnavailable'), maxUnavailable, 'must not be greater than 100%')]
      : []),
  ];
}

/** Rules of the API reference for Deployment. Pure; reports every violation, each with its field path. */
export function validateDeployment(deployment: Deployment, at: FieldPath): FieldError[] {
  const spec = deployment.spec ?? noSpec;
  const path = at.child('spec');
  const deadline = spec.progressDeadlineSeconds;
  return [
    ...nonNegative(spec.replicas, path.child('replicas')),
    ...validateReplicas(spec, path),
    ...validateStrategy(spec.strategy ?? {}, path.child('strategy')),
    ...nonNegative(spec.minReadySeconds, path.child('minReadySeconds')),
    ...nonNegative(spec.revisionHistoryLimit, path.child('revisionHistoryLimit')),
    ...nonNegative(deadline, path.child('progressDeadlineSeconds')),
    ...(deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)
      ? [invalid(path.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds')]
      : []),
  ];
}

export const validateDeploymentUpdate = (next: Deployment, current: Deployment, at: FieldPath): FieldError[] =>
  deepEqual(next.spec?.selector, current.spec?.selector)
    ? []
    : [invalid(at.child('spec', 'selector'), next.spec?.selector, fieldIsImmutable)];

export function validateDeploymentStatusUpdate(next: Deployment, current: Deployment, at: FieldPath): FieldError[] {
  const path = at.child('status');
  return [
    ...validateReplicaCounts(
      next.status ?? {},
      [
        'observedGeneration',
        'replicas',
        'updatedReplicas',
        'readyReplicas',
        'availableReplicas',
        'unavailableReplicas',
        'terminatingReplicas',
        'collisionCount',
      ],
      path,
    ),
    ...validateCollisions(next.status?.collisionCount, current.status?.collisionCount, path.child('collisionCount')),
  ];
}
