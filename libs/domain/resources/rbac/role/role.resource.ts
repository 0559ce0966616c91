import type { Role } from '../../../api/generated/types.js';
import { isPathSegmentName } from '../../../api/names.js';
import { column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { rbacGroup, validatePolicyRule } from '../rbac.validation.js';

/** Role: permissions within one namespace. */
export const role = defineResource<Role>({
  group: rbacGroup,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  nameFormat: isPathSegmentName,
  strategy: { allowCreateOnUpdate: true },
  validate: ({ rules }, at) =>
    (rules ?? []).flatMap((rule, i) => validatePolicyRule(rule, true, at.child('rules').index(i))),
  columns: [
    nameColumn,
    column('Created At', 'date', ({ metadata }) => metadata.creationTimestamp ?? '', {
      description: 'Time of creation.',
    }),
  ],
});
