import { badRequest, type UserInfo } from '@shiplog/domain';
import { forbiddenRequest, resourceAttributes } from '../authorization/attributes.js';
import type { AuthorizationAttributes } from '../authorization/authorizer.js';
import type { Authorize } from '../authorization/authorizers.js';
import { serviceAccountOf } from '../authorization/rbac/subjects.js';
import type { IncomingRequest } from '../request/incoming-request.js';
import { anonymousUser, authenticatedGroup, unauthenticatedGroup } from './anonymous.authenticator.js';

const extraPrefix = 'impersonate-extra-';
const authentication = 'authentication.k8s.io';

/** Whom the headers ask to act as. Every part of it needs permission. */
interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Each value of a header that may come more than once. */
const valuesOf = ({ http, headers }: IncomingRequest, name: string): string[] => {
  const distinct = http?.request.headersDistinct[name];
  if (distinct) return distinct;
  const value = headers[name];
  return value === undefined ? [] : [value].flat();
};

const unescaped = (key: string): string => {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
};

function asked(incoming: IncomingRequest): Impersonation | undefined {
  const user = valuesOf(incoming, 'impersonate-user')[0] ?? '';
  const uid = valuesOf(incoming, 'impersonate-uid')[0] ?? '';
  const groups = valuesOf(incoming, 'impersonate-group');
  const extraHeaders = Object.keys(incoming.headers).filter((name) => name.startsWith(extraPrefix));
  const extra = Object.fromEntries(
    extraHeaders.map((name) => [unescaped(name.slice(extraPrefix.length)), valuesOf(incoming, name)]),
  );
  if (user !== '') return { user, uid, groups, extra };
  if (uid === '' && groups.length === 0 && extraHeaders.length === 0) return undefined;
  const nobody = `Name:"", UID:${JSON.stringify(uid)}, Groups:${goList(groups)}, Extra:${goExtra(extra)}`;
  throw badRequest(`requested &user.DefaultInfo{${nobody}} without impersonating a user name`);
}

/** Clients know this refusal with a Go value in it. */
const goList = (values: readonly string[]): string =>
  values.length === 0 ? '[]string(nil)' : `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
const goExtra = (extra: Impersonation['extra']): string => {
  const entries = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:${goList(values)}`);
  return `map[string][]string${entries.length === 0 ? '(nil)' : `{${entries.join(', ')}}`}`;
};

/** The questions that decide whether `requester` may act so. */
function questions(requester: UserInfo, { user, uid, groups, extra }: Impersonation): AuthorizationAttributes[] {
  const account = serviceAccountOf(user);
  const question = (fields: Partial<AuthorizationAttributes> & { resource: string }): AuthorizationAttributes =>
    resourceAttributes(requester, { verb: 'impersonate', group: '', version: '', ...fields });
  return [
    account
      ? question({ resource: 'serviceaccounts', namespace: account.namespace, name: account.name })
      : question({ resource: 'users', name: user }),
    ...groups.map((name) => question({ resource: 'groups', name })),
    ...Object.entries(extra).flatMap(([subresource, values]) =>
      values.map((name) =>
        question({ group: authentication, version: 'v1', resource: 'userextras', subresource, name }),
      ),
    ),
    ...(uid === '' ? [] : [question({ group: authentication, version: 'v1', resource: 'uids', name: uid })]),
  ];
}

/** The groups of a service account follow from its name; who is named with groups has those and what everybody has. */
function groupsOf({ user, groups }: Impersonation): string[] {
  const account = serviceAccountOf(user);
  const given =
    groups.length === 0 && account
      ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
      : [...groups];
  if (user === anonymousUser) return given.includes(unauthenticatedGroup) ? given : [...given, unauthenticatedGroup];
  const settled = given.includes(authenticatedGroup) || given.includes(unauthenticatedGroup);
  return settled ? given : [...given, authenticatedGroup];
}

/**
 * The user that the Impersonate-* headers ask to act as; undefined if there are none.
 * @throws StatusError 403 if `requester` may not; 400 for groups, extras or a uid without a user.
 */
export async function impersonatedUser(
  incoming: IncomingRequest,
  requester: UserInfo,
  authorize: Authorize,
): Promise<UserInfo | undefined> {
  const wanted = asked(incoming);
  if (wanted === undefined) return undefined;
  for (const question of questions(requester, wanted)) {
    const { decision, reason } = await authorize(question);
    if (decision !== 'allow') throw forbiddenRequest(question, reason);
  }
  return {
    name: wanted.user,
    ...(wanted.uid === '' ? {} : { uid: wanted.uid }),
    groups: groupsOf(wanted),
    ...(Object.keys(wanted.extra).length > 0 ? { extra: wanted.extra } : {}),
  };
}
