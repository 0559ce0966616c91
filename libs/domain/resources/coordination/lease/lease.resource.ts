import { forbiddenField, invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Lease } from '../../../api/generated/types.js';
import { isQualifiedName } from '../../../api/names.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';

function validateLease({ spec = {} }: Lease, at: FieldPath): FieldError[] {
  const path = at.child('spec');
  const strategy = spec.strategy;
  return [
    ...(spec.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0
      ? [invalid(path.child('leaseDurationSeconds'), spec.leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(spec.leaseTransitions !== undefined && spec.leaseTransitions < 0
      ? [invalid(path.child('leaseTransitions'), spec.leaseTransitions, 'must be greater than or equal to 0')]
      : []),
    ...(strategy !== undefined && strategy !== 'OldestEmulationVersion'
      ? isQualifiedName(strategy).map((text) => invalid(path.child('strategy'), strategy, text))
      : []),
    ...(spec.preferredHolder && !strategy
      ? [forbiddenField(path.child('preferredHolder'), 'may only be specified if `strategy` is defined')]
      : []),
  ];
}

/** Lease: a heartbeat or a lock. Kept without history in its own stream; PUT to a missing name creates it. */
export const lease = defineResource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  stream: 'LEASES',
  strategy: { allowCreateOnUpdate: true, allowUnconditionalUpdate: false },
  validate: validateLease,
  columns: [nameColumn, column('Holder', 'string', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn],
});
