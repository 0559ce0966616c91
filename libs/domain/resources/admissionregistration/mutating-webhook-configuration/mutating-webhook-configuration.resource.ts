import type { MutatingWebhookConfiguration } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { defaultWebhook } from '../match.defaults.js';

/** MutatingWebhookConfiguration: who outside may amend a change. */
export const mutatingWebhookConfiguration = defineResource<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  freeFinalizers: true,
  defaults: ({ webhooks }) => {
    for (const webhook of webhooks ?? []) {
      defaultWebhook(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  strategy: { allowUnconditionalUpdate: false },
  columns: [nameColumn, column('Webhooks', 'integer', ({ webhooks }) => (webhooks ?? []).length), ageColumn],
});
