import type { ValidatingAdmissionPolicyBinding } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { defaultMatchResources } from '../match.defaults.js';
import { paramRefText } from '../policy.columns.js';

/** ValidatingAdmissionPolicyBinding: where a policy holds, and what follows if it is broken. */
export const validatingAdmissionPolicyBinding = defineResource<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  freeFinalizers: true,
  defaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
  strategy: { allowUnconditionalUpdate: false },
  columns: [
    nameColumn,
    column('PolicyName', 'string', ({ spec }) => spec?.policyName ?? ''),
    column('ParamRef', 'string', ({ spec }) => paramRefText(spec?.paramRef)),
    ageColumn,
  ],
});
