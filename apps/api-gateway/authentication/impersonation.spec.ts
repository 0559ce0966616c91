import type { IncomingRequest } from '../request/incoming-request.js';
import type { AuthorizationAttributes } from '../authorization/authorizer.js';
import { impersonatedUser } from './impersonation.js';

const me = { name: 'me', groups: ['system:authenticated'] };
const request = (headers: Record<string, string | string[]>): IncomingRequest =>
  ({ headers, http: undefined }) as unknown as IncomingRequest;
const allowAll = () => Promise.resolve({ decision: 'allow', reason: '' } as const);

test.each([
  ['a user', { 'impersonate-user': 'jo' }, { name: 'jo', groups: ['system:authenticated'] }],
  [
    'a user with groups',
    { 'impersonate-user': 'jo', 'impersonate-group': ['a', 'b'] },
    { name: 'jo', groups: ['a', 'b', 'system:authenticated'] },
  ],
  [
    'a service account with its own groups',
    { 'impersonate-user': 'system:serviceaccount:x:bot' },
    {
      name: 'system:serviceaccount:x:bot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:x', 'system:authenticated'],
    },
  ],
  [
    'nobody',
    { 'impersonate-user': 'system:anonymous' },
    { name: 'system:anonymous', groups: ['system:unauthenticated'] },
  ],
  [
    'a user with uid and extra',
    { 'impersonate-user': 'jo', 'impersonate-uid': '7', 'impersonate-extra-a%2fb': 'c' },
    { name: 'jo', uid: '7', groups: ['system:authenticated'], extra: { 'a/b': ['c'] } },
  ],
  ['no one', {}, undefined],
])('acts as %s', async (_, headers, expected) =>
  expect(await impersonatedUser(request(headers), me, allowAll)).toEqual(expected),
);

test('a group without a user is a bad request', async () =>
  expect(impersonatedUser(request({ 'impersonate-group': 'a' }), me, allowAll)).rejects.toMatchObject({ code: 400 }));

test('every part needs permission', async () => {
  const asked: AuthorizationAttributes[] = [];
  const authorize = (question: AuthorizationAttributes) => {
    asked.push(question);
    const decision = question.resource === 'uids' ? ('no-opinion' as const) : ('allow' as const);
    return Promise.resolve({ decision, reason: '' });
  };
  const headers = {
    'impersonate-user': 'jo',
    'impersonate-group': 'g',
    'impersonate-extra-k': 'v',
    'impersonate-uid': 'u',
  };
  await expect(impersonatedUser(request(headers), me, authorize)).rejects.toMatchObject({
    code: 403,
    message:
      'uids.authentication.k8s.io "u" is forbidden: User "me" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope',
  });
  expect(asked.map(({ resource, subresource, name }) => [resource, subresource, name].join('/'))).toEqual([
    'users//jo',
    'groups//g',
    'userextras/k/v',
    'uids//u',
  ]);
});
