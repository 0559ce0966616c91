import type { ResourceQuota } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import {
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from './resource-quota.validation.js';

/** `name: used/hard` of the limits, or of all else. */
function usageText({ status }: ResourceQuota, ofLimits: boolean): string {
  const { hard = {}, used = {} } = status ?? {};
  return Object.keys(hard)
    .filter((name) => name.startsWith('limits.') === ofLimits)
    .sort()
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name] ?? '0'}`)
    .join(', ');
}

/** ResourceQuota: how much a namespace may use of what. */
export const resourceQuota = defineResource<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  strategy: { prepareForCreate: (quota) => ({ ...quota, status: {} }), deleteReturnsObject: true },
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  validateStatusUpdate: validateResourceQuotaStatus,
  columns: [
    nameColumn,
    column('Request', 'string', (quota) => usageText(quota, false)),
    column('Limit', 'string', (quota) => usageText(quota, true)),
    ageColumn,
  ],
});
