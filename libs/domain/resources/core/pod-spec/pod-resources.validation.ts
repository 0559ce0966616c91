import { all, each } from '../../../api/findings.js';
import { forbiddenField, invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PodSpec, ResourceRequirements } from '../../../api/generated/types.js';
import { compareQuantities, parseQuantity, printQuantity, type Quantity } from '../../../api/quantity.js';
import { containerTotals } from './container-totals.js';
import { isHugePages, validateClaims, validatePodRequirements } from './resources.validation.js';

const exceeds = (amount: Quantity | undefined, most: string | undefined): boolean => {
  const limit = most === undefined ? undefined : parseQuantity(most);
  return amount !== undefined && limit !== undefined && compareQuantities(amount, limit) > 0;
};

/** What a pod states for itself covers what its containers ask for together, and each one's limits. */
function validateTotals(spec: PodSpec, own: ResourceRequirements, at: FieldPath): FieldError[] {
  const uncovered = (field: 'requests' | 'limits', counts: (name: string) => boolean): FieldError[] =>
    [...containerTotals(spec, field)]
      .filter(([name, total]) => counts(name) && exceeds(total, own[field]?.[name]))
      .map(([name, total]) =>
        invalid(
          at.child(field).key(name),
          own[field]?.[name],
          `must be greater than or equal to aggregate container ${field} of ${printQuantity(total)}`,
        ),
      );
  return all(
    uncovered('requests', () => true),
    uncovered('limits', isHugePages),
    each(spec.containers, ({ resources }, i) =>
      Object.entries(resources?.limits ?? {})
        .filter(([name, limit]) => exceeds(parseQuantity(limit), own.limits?.[name]))
        .map(([name, limit]) =>
          invalid(
            at.child('containers').index(i).key(name).child('limits'),
            limit,
            `must be less than or equal to pod limits of ${own.limits?.[name]}`,
          ),
        ),
    ),
  );
}

/** Rules of the resources that a pod states for all its containers together (KEP-2837). */
export function validatePodResources(spec: PodSpec, at: FieldPath): FieldError[] {
  const { resources, os } = spec;
  if (!resources) return [];
  if (os?.name === 'windows') return [forbiddenField(at, 'may not be set for a windows pod')];
  return all(
    resources.claims ? [forbiddenField(at.child('claims'), 'claims may not be set for Resources at pod-level')] : [],
    validatePodRequirements(resources, at),
    validateClaims(
      resources.claims ?? [],
      (spec.resourceClaims ?? []).map(({ name }) => name),
      at.child('claims'),
    ),
    validateTotals(spec, resources, at),
  );
}
