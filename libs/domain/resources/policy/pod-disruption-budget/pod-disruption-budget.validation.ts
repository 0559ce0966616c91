import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodDisruptionBudget } from '../../../api/generated/types.js';
import { percentOf, type IntOrString } from '../../../api/int-or-string.js';
import { validateLabelSelector } from '../../../api/label-selector.js';
import { validateCountOrPercent } from '../../apps/workload.validation.js';
import { validateConditions } from '../../condition.validation.js';
import { nonNegative, oneOf } from '../../rules.js';

const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;

function validateShare(share: IntOrString | undefined, at: FieldPath): FieldError[] {
  if (share === undefined) return [];
  return [
    ...validateCountOrPercent(share, at),
    ...((percentOf(share) ?? 0) > 100 ? [invalid(at, share, 'must not be greater than 100%')] : []),
  ];
}

/** Rules of the API reference for PodDisruptionBudget. Pure; reports every violation, each with its field path. */
export function validateBudget({ spec = {} }: PodDisruptionBudget, at: FieldPath): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  const path = at.child('spec');
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined
      ? [invalid(path, spec, 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...validateShare(minAvailable, path.child('minAvailable')),
    ...validateShare(maxUnavailable, path.child('maxUnavailable')),
    ...validateLabelSelector(selector, path.child('selector')),
    ...oneOf(unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget'], path.child('unhealthyPodEvictionPolicy')),
  ];
}

/** Rules of the status, which the disruption controller and evictions write. */
export function validateBudgetStatus({ status = {} }: PodDisruptionBudget, at: FieldPath): FieldError[] {
  const path = at.child('status');
  return [
    ...validateConditions(status.conditions ?? [], path.child('conditions')),
    ...counts.flatMap((field) => nonNegative(status[field], path.child(field))),
  ];
}
