import type { Authenticator } from '../authentication/authenticator.js';
import { AuthenticationMemory } from './authentication-memory.js';
import type { IncomingRequest } from './incoming-request.js';

const never = new AbortController().signal;
let asked: string[];
let clock: number;
let memory: AuthenticationMemory;

const answers: Authenticator[] = [
  {
    name: 'certificate',
    authenticate: ({ clientCertificate }) =>
      Promise.resolve(clientCertificate && { name: clientCertificate.toString(), groups: [] }),
  },
  {
    name: 'token',
    authenticate: ({ headers }) =>
      Promise.resolve(headers.authorization ? { name: headers.authorization, groups: [] } : undefined),
  },
  { name: 'anonymous', authenticate: () => Promise.resolve({ name: 'anonymous', groups: [] }) },
];

beforeEach(() => {
  asked = [];
  clock = 0;
  const counted = answers.map((one, i) => ({
    ...one,
    authenticate: (request: IncomingRequest, signal: AbortSignal) => {
      if (i === 0) asked.push(request.headers.authorization ?? '');
      return one.authenticate(request, signal);
    },
  }));
  memory = new AuthenticationMemory(counted, () => clock);
});

async function whoIs(connection: object, authorization?: string, certificate?: string): Promise<string> {
  const request = {
    headers: authorization === undefined ? {} : { authorization },
    http: { request: { socket: connection } },
    ...(certificate === undefined ? {} : { clientCertificate: Buffer.from(certificate) }),
  } as unknown as IncomingRequest;
  return (await memory.identify(request, () => never)).name;
}

test('a certificate is asked for once a connection, a token once in ten seconds', async () => {
  const [mine, other] = [{}, {}];
  await whoIs(mine, undefined, 'jo');
  await whoIs(mine, undefined, 'jo');
  await whoIs(other, 't');
  await whoIs({}, 't');
  expect(asked).toEqual(['', 't']);
  clock = 10_001;
  await whoIs(other, 't');
  expect(asked).toEqual(['', 't', 't']);
});

test('a token shown beside a certificate does not become the user of the certificate for others', async () => {
  expect(await whoIs({}, 't', 'admin')).toBe('admin');
  expect(await whoIs({}, 't')).toBe('t');
  expect(await whoIs({}, 't', 'admin')).toBe('admin');
});

test('a connection without a certificate is who each token says', async () => {
  const connection = {};
  expect(await whoIs(connection)).toBe('anonymous');
  expect(await whoIs(connection, 'a')).toBe('a');
  expect(await whoIs(connection, 'b')).toBe('b');
  expect(await whoIs(connection)).toBe('anonymous');
});
