import type { ValidatingWebhookConfiguration } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { defaultWebhook } from '../match.defaults.js';

/** ValidatingWebhookConfiguration: who outside is asked whether a change may be made. */
export const validatingWebhookConfiguration = defineResource<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  freeFinalizers: true,
  defaults: ({ webhooks }) => (webhooks ?? []).forEach(defaultWebhook),
  strategy: { allowUnconditionalUpdate: false },
  columns: [nameColumn, column('Webhooks', 'integer', ({ webhooks }) => (webhooks ?? []).length), ageColumn],
});
