import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Lease } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';

function validateLease({ spec = {} }: Lease, at: FieldPath): FieldError[] {
  const path = at.child('spec');
  return [
    ...(spec.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0
      ? [invalid(path.child('leaseDurationSeconds'), spec.leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(spec.leaseTransitions !== undefined && spec.leaseTransitions < 0
      ? [invalid(path.child('leaseTransitions'), spec.leaseTransitions, 'must be greater than or equal to 0')]
      : []),
  ];
}

/** Coordinated leader election is switched off, so its fields are not stored, as long as none are there. */
function withoutCoordination(next: Lease, current?: Lease): Lease {
  if (!next.spec || current?.spec?.strategy || current?.spec?.preferredHolder) return next;
  const { strategy: _strategy, preferredHolder: _holder, ...spec } = next.spec;
  return { ...next, spec };
}

/** Lease: a heartbeat or a lock. Kept without history in its own stream; PUT to a missing name creates it. */
export const lease = defineResource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  stream: 'LEASES',
  freeFinalizers: true,
  strategy: {
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: false,
    prepareForCreate: (lease) => withoutCoordination(lease),
    prepareForUpdate: withoutCoordination,
  },
  validate: validateLease,
  columns: [nameColumn, column('Holder', 'string', ({ spec }) => spec?.holderIdentity ?? ''), ageColumn],
});
