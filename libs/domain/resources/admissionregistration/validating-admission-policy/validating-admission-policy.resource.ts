import type { ValidatingAdmissionPolicy } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { statusOnly } from '../../status-only.js';
import { defaultMatchResources } from '../match.defaults.js';
import { paramKindText } from '../policy.columns.js';

/** ValidatingAdmissionPolicy: expressions that say whether a change may be made. */
export const validatingAdmissionPolicy = defineResource<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  freeFinalizers: true,
  defaults: ({ spec }) => {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatchResources(spec.matchConstraints);
  },
  strategy: {
    allowUnconditionalUpdate: false,
    prepareForCreate: (policy) => ({ ...policy, status: {} }),
    prepareForStatusUpdate: statusOnly,
  },
  columns: [
    nameColumn,
    column('Validations', 'integer', ({ spec }) => (spec?.validations ?? []).length),
    column('ParamKind', 'string', ({ spec }) => paramKindText(spec?.paramKind)),
    ageColumn,
  ],
});
