import type { MutatingAdmissionPolicy } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { defaultMatchResources } from '../match.defaults.js';
import { paramKindText } from '../policy.columns.js';

/** MutatingAdmissionPolicy: expressions that amend a change. */
export const mutatingAdmissionPolicy = defineResource<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  freeFinalizers: true,
  defaults: ({ spec }) => {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatchResources(spec.matchConstraints);
  },
  strategy: { allowUnconditionalUpdate: false },
  columns: [
    nameColumn,
    column('Mutations', 'integer', ({ spec }) => (spec?.mutations ?? []).length),
    column('ParamKind', 'string', ({ spec }) => paramKindText(spec?.paramKind)),
    ageColumn,
  ],
});
