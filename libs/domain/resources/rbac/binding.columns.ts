import type { Subject, RoleRef } from '../../api/generated/types.js';
import type { ObjectMeta } from '../../api/kube-object.js';
import { ageColumn, column, nameColumn, wide } from '../columns.js';
import type { Column } from '../define-resource.js';

interface Binding {
  metadata: ObjectMeta;
  roleRef: RoleRef;
  subjects?: Subject[];
}

const names = (subjects: readonly Subject[] | undefined, kind: string): string =>
  (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');

/** RoleBindings and ClusterRoleBindings print alike. */
export const bindingColumns: Column<Binding>[] = [
  nameColumn,
  column('Role', 'string', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  wide('Users', 'string', ({ subjects }) => names(subjects, 'User')),
  wide('Groups', 'string', ({ subjects }) => names(subjects, 'Group')),
  wide('ServiceAccounts', 'string', ({ subjects }) => names(subjects, 'ServiceAccount')),
];
