import type { MutatingAdmissionPolicyBinding } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { defaultMatchResources } from '../match.defaults.js';
import { paramRefText } from '../policy.columns.js';

/** MutatingAdmissionPolicyBinding: where a policy amends changes. */
export const mutatingAdmissionPolicyBinding = defineResource<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
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
