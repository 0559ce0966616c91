import type { UserInfo } from '@shiplog/domain';

/** Whom a binding grants to (rbac.authorization.k8s.io/v1 Subject). */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export const serviceAccountUser = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`;

/** The namespace and name in a service account's user name; undefined if it is none. */
export function serviceAccountOf(user: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?):([a-z0-9][-a-z0-9.]*)$/.exec(user);
  return match ? { namespace: match[1] ?? '', name: match[2] ?? '' } : undefined;
}

/** Under what a binding's subject is found again. `namespace` is the binding's own; undefined: the subject is nobody. */
export function subjectKey({ kind, name, namespace }: Subject, bindingNamespace: string): string | undefined {
  if (kind === 'User') return `user/${name}`;
  if (kind === 'Group') return `group/${name}`;
  const home = namespace || bindingNamespace;
  return kind === 'ServiceAccount' && home !== '' ? `user/${serviceAccountUser(home, name)}` : undefined;
}

/** All keys under which grants to this user may be found. */
export const subjectKeysOf = ({ name, groups }: UserInfo): string[] => [
  `user/${name}`,
  ...groups.map((group) => `group/${group}`),
];
