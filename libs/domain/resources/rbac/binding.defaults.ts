import type { Subject, RoleRef } from '../../api/generated/types.js';
import { rbacGroup } from './rbac.validation.js';

/** Users, groups and the role belong to the RBAC group unless said otherwise; service accounts to the core group. */
export function defaultBinding({ roleRef, subjects }: { roleRef?: RoleRef; subjects?: Subject[] }): void {
  if (roleRef) roleRef.apiGroup ||= rbacGroup;
  for (const subject of subjects ?? []) {
    if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = rbacGroup;
  }
}
