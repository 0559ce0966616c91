import { invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { ClusterRole, LabelSelector } from '../../../api/generated/types.js';
import { isPathSegmentName } from '../../../api/names.js';
import { column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateLabelSelector } from '../../../api/label-selector.js';
import { rbacGroup, validatePolicyRule } from '../rbac.validation.js';

function validateSelector(selector: LabelSelector, at: FieldPath): FieldError[] {
  const errors = validateLabelSelector(selector, at);
  return errors.length === 0 ? [] : [...errors, invalid(at, null, 'invalid label selector.')];
}

/** ClusterRole: permissions in every namespace or on cluster-scoped resources; may be the union of others by label. */
export const clusterRole = defineResource<ClusterRole>({
  group: rbacGroup,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  nameFormat: isPathSegmentName,
  strategy: { allowCreateOnUpdate: true },
  validate: ({ rules, aggregationRule }, at) => {
    const path = at.child('aggregationRule', 'clusterRoleSelectors');
    const selectors = aggregationRule?.clusterRoleSelectors ?? [];
    return [
      ...(rules ?? []).flatMap((rule, i) => validatePolicyRule(rule, false, at.child('rules').index(i))),
      ...(aggregationRule && selectors.length === 0
        ? [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
        : []),
      ...selectors.flatMap((selector, i) => validateSelector(selector, path.index(i))),
    ];
  },
  columns: [
    nameColumn,
    column('Created At', 'date', ({ metadata }) => metadata.creationTimestamp ?? '', {
      description: 'Time of creation.',
    }),
  ],
});
