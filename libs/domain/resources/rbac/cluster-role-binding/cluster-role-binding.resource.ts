import type { ClusterRoleBinding } from '../../../api/generated/types.js';
import { isPathSegmentName } from '../../../api/names.js';
import { defineResource } from '../../define-resource.js';
import { bindingColumns } from '../binding.columns.js';
import { defaultBinding } from '../binding.defaults.js';
import { rbacGroup, validateRoleRef, validateSameRole, validateSubject } from '../rbac.validation.js';

/** ClusterRoleBinding: grants a ClusterRole everywhere. What it grants never changes. */
export const clusterRoleBinding = defineResource<ClusterRoleBinding>({
  group: rbacGroup,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  nameFormat: isPathSegmentName,
  strategy: { allowCreateOnUpdate: true },
  defaults: defaultBinding,
  validate: ({ roleRef, subjects }, at) => [
    ...validateRoleRef(roleRef, ['ClusterRole'], at.child('roleRef')),
    ...(subjects ?? []).flatMap((subject, i) => validateSubject(subject, false, at.child('subjects').index(i))),
  ],
  validateUpdate: (next, current, at) => validateSameRole(next.roleRef, current.roleRef, at.child('roleRef')),
  columns: bindingColumns,
});
