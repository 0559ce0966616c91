import type { ServiceAccount } from '../../../api/generated/types.js';
import { ageColumn, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';

/** ServiceAccount: the identity of pods. Its tokens are issued by the token subresource. */
export const serviceAccount = defineResource<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  strategy: { deleteReturnsObject: true },
  columns: [nameColumn, ageColumn],
});
