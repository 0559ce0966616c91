import type { RoleBinding } from '../../../api/generated/types.js';
import { isPathSegmentName } from '../../../api/names.js';
import { defineResource } from '../../define-resource.js';
import { bindingColumns } from '../binding.columns.js';
import { defaultBinding } from '../binding.defaults.js';
import { rbacGroup, validateRoleRef, validateSameRole, validateSubject } from '../rbac.validation.js';

/** RoleBinding: grants a Role, or a ClusterRole within one namespace. What it grants never changes. */
export const roleBinding = defineResource<RoleBinding>({
  group: rbacGroup,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  nameFormat: isPathSegmentName,
  strategy: { allowCreateOnUpdate: true },
  defaults: defaultBinding,
  validate: ({ roleRef, subjects }, at) => [
    ...validateRoleRef(roleRef, ['Role', 'ClusterRole'], at.child('roleRef')),
    ...(subjects ?? []).flatMap((subject, i) => validateSubject(subject, true, at.child('subjects').index(i))),
  ],
  validateUpdate: (next, current, at) => validateSameRole(next.roleRef, current.roleRef, at.child('roleRef')),
  columns: bindingColumns,
});
