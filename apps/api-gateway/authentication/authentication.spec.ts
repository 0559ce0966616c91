import { generateKeyPairSync } from 'node:crypto';
import type { KubeObject, ObjectAddress, ObjectReader } from '@shiplog/domain';
import type { IncomingRequest } from '../request/incoming-request.js';
import { authenticators, tokenAuthenticators, type AuthenticationSettings } from './authenticators.js';
import { serviceAccountKeys } from './service-account-token/service-account-keys.js';
import { signToken, type NewToken } from './service-account-token/sign-token.js';
import { parseTokenFile } from './static-token.authenticator.js';

const pem = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keys = serviceAccountKeys(pem());
const noon = new Date('2026-01-01T12:00:00Z');
const never = new AbortController().signal;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const object = (plural: string, namespace: string, name: string, uid: string, fields = {}): [string, KubeObject] => [
  `${plural}/${namespace}/${name}`,
  { apiVersion: 'v1', kind: 'X', metadata: { name, namespace, uid }, ...fields },
];
const objects = new Map<string, KubeObject>([
  object('serviceaccounts', 'a', 'bot', 'u1'),
  object('pods', 'a', 'web', 'u2'),
  object('secrets', 'kube-system', 'bootstrap-token-abcdef', 'u3', {
    type: 'bootstrap.kubernetes.io/token',
    data: {
      'token-id': base64('abcdef'),
      'token-secret': base64('0123456789abcdef'),
      'usage-bootstrap-authentication': base64('true'),
      'auth-extra-groups': base64('system:bootstrappers:nodes'),
      expiration: base64('2026-01-02T00:00:00Z'),
    },
  }),
]);
const at = ({ plural, namespace, name }: ObjectAddress): KubeObject | undefined =>
  objects.get(`${plural}/${namespace}/${name}`);
const read = {
  get: at,
  latest: (address: ObjectAddress) => Promise.resolve(at(address)),
  list: () => [],
} as unknown as ObjectReader;

const settings: AuthenticationSettings = {
  keys,
  issuer: 'https://us',
  audiences: ['https://us'],
  read,
  now: () => noon,
};
const list = authenticators(tokenAuthenticators(settings), settings.audiences);

async function whoIs(headers: Record<string, string>) {
  const incoming = { headers } as unknown as IncomingRequest;
  for (const authenticator of list) {
    const user = await authenticator.authenticate(incoming, never);
    if (user) return user;
  }
  return undefined;
}

const token = (changes: Partial<NewToken> = {}, by = keys): Promise<string> =>
  signToken(by, {
    claim: { namespace: 'a', serviceaccount: { name: 'bot', uid: 'u1' } },
    issuer: 'https://us',
    audiences: ['https://us'],
    issuedAt: noon,
    lifetimeSeconds: 3600,
    id: 'j1',
    ...changes,
  });
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

const claim = (extra: object) => ({ claim: { namespace: 'a', serviceaccount: { name: 'bot', uid: 'u1' }, ...extra } });

test('a service account token names its account, its groups and its pod', async () => {
  const bound = await token(claim({ pod: { name: 'web', uid: 'u2' }, node: { name: 'n1', uid: 'u9' } }));
  expect(await whoIs(bearer(bound))).toEqual({
    name: 'system:serviceaccount:a:bot',
    uid: 'u1',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': ['JTI=j1'],
      'authentication.kubernetes.io/pod-name': ['web'],
      'authentication.kubernetes.io/pod-uid': ['u2'],
      'authentication.kubernetes.io/node-name': ['n1'],
      'authentication.kubernetes.io/node-uid': ['u9'],
    },
  });
});

test.each<[string, () => Promise<string> | string]>([
  ['garbage', () => 'garbage'],
  ['three garbage parts', () => 'a.b.c'],
  ['forged with another key', () => token({}, serviceAccountKeys(pem()))],
  ['expired', () => token({ issuedAt: new Date('2026-01-01T10:00:00Z') })],
  ['not valid yet', () => token({ issuedAt: new Date('2026-01-01T13:00:00Z') })],
  ['for somebody else', () => token({ audiences: ['vault'] })],
  [
    'of an account that was made anew',
    () => token({ claim: { namespace: 'a', serviceaccount: { name: 'bot', uid: 'old' } } }),
  ],
  ['bound to a pod that is gone', () => token(claim({ pod: { name: 'gone', uid: 'u4' } }))],
  ['bound to a pod that was made anew', () => token(claim({ pod: { name: 'web', uid: 'old' } }))],
  ['a bootstrap token with a wrong secret', () => 'abcdef.fedcba9876543210'],
  ['unsigned', async () => `${base64('{"alg":"none"}')}.${(await token()).split('.')[1]}.`],
])('refuses a token that is %s', async (_, make) => {
  await expect(whoIs(bearer(await make()))).rejects.toMatchObject({ code: 401, reason: 'Unauthorized' });
});

test('a bootstrap token stands for its id and groups', async () =>
  expect(await whoIs(bearer('abcdef.0123456789abcdef'))).toEqual({
    name: 'system:bootstrap:abcdef',
    groups: ['system:bootstrappers', 'system:bootstrappers:nodes', 'system:authenticated'],
  }));

test('who shows nothing is anonymous', async () =>
  expect(await whoIs({})).toEqual({ name: 'system:anonymous', groups: ['system:unauthenticated'] }));

test('a token may come as a WebSocket protocol', async () => {
  const encoded = Buffer.from(await token()).toString('base64url');
  const header = `v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.${encoded}`;
  expect(await whoIs({ 'sec-websocket-protocol': header })).toMatchObject({ name: 'system:serviceaccount:a:bot' });
});

test.each([
  ['t,jo,1,"a,b"', ['a', 'b']],
  ['t,jo,1', []],
  ['t,jo,1,a', ['a']],
])('the token file line %s gives groups %j', (line, groups) =>
  expect(parseTokenFile(line).get('t')).toEqual({ name: 'jo', uid: '1', groups }),
);

test('a token file without uids is refused', () => expect(() => parseTokenFile('\nt,jo')).toThrow('line 2'));
