import { apiOf } from './api.js';
import { testCluster } from './cluster.js';

const { home, kubectl } = testCluster();
const administrator = apiOf(home);
const nobody = apiOf(home, true);

interface Answer {
  readonly code: number;
  readonly body: {
    kind?: string;
    reason?: string;
    message?: string;
    details?: { causes?: { field?: string }[] };
  };
}

async function send(
  method: string,
  path: string,
  body?: string | Buffer,
  headers?: Record<string, string>,
  by = administrator,
): Promise<Answer> {
  const { code, text } = await by.send(method, path, body, headers);
  return { code, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { message: text } };
}

const maps = '/api/v1/namespaces/default/configmaps';
const map = (fields: object = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bad' }, ...fields });
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const cases: [string, () => Promise<Answer>, number, string][] = [
  ['JSON that ends too early', () => send('POST', maps, '{"apiVersion":'), 400, 'BadRequest'],
  [
    'YAML that does not parse',
    () => send('POST', maps, 'a: [', { 'content-type': 'application/yaml' }),
    400,
    'BadRequest',
  ],
  [
    'protobuf without its prefix',
    () => send('POST', maps, Buffer.from([1, 2, 3]), { 'content-type': 'application/vnd.kubernetes.protobuf' }),
    400,
    'BadRequest',
  ],
  [
    'protobuf cut short',
    () =>
      send('POST', maps, Buffer.from('6b387300ff', 'hex'), { 'content-type': 'application/vnd.kubernetes.protobuf' }),
    400,
    'BadRequest',
  ],
  [
    'an unknown field, strictly',
    () => send('POST', `${maps}?fieldValidation=Strict`, map({ nope: 1 })),
    400,
    'BadRequest',
  ],
  [
    'a field twice, strictly',
    () =>
      send(
        'POST',
        `${maps}?fieldValidation=Strict`,
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bad"},"data":{"a":"1","a":"2"}}',
      ),
    400,
    'BadRequest',
  ],
  ['a wrong type', () => send('POST', maps, map({ data: ['a'] })), 400, 'BadRequest'],
  [
    'a body of 4 MB',
    () => send('POST', maps, map({ data: { a: 'x'.repeat(4_000_000) } })),
    413,
    'RequestEntityTooLarge',
  ],
  ['a wrong name', () => send('POST', maps, map({ metadata: { name: 'No' } })), 422, 'Invalid'],
  ['a bad label selector', () => send('GET', `${maps}?labelSelector=%3D%3D`), 400, 'BadRequest'],
  ['a bad field selector', () => send('GET', `${maps}?fieldSelector=nope%3Dx`), 400, 'BadRequest'],
  ['a bad revision', () => send('GET', `${maps}?resourceVersion=x`), 400, 'BadRequest'],
  ['a path with odd characters', () => send('GET', `${maps}/%00%2e%2e%2f`), 404, 'NotFound'],
  [
    'an unknown media type',
    () => send('POST', maps, map(), { 'content-type': 'application/cbor-ish' }),
    415,
    'UnsupportedMediaType',
  ],
  [
    'a forged token',
    () => send('GET', maps, undefined, { authorization: 'Bearer aaa.bbb.ccc' }, nobody),
    401,
    'Unauthorized',
  ],
  ['no credentials', () => send('GET', maps, undefined, {}, nobody), 403, 'Forbidden'],
];

describe('bad input gets a Status and changes nothing', () => {
  it.each(cases)('%s', async (_, ask, code, reason) => {
    const answer = await ask();
    expect({ code: answer.code, reason: answer.body.reason, kind: answer.body.kind }).toEqual({
      code,
      reason,
      kind: 'Status',
    });
    expect((await kubectl.outcome(['get', 'configmap', 'bad'])).code).toBe(1);
  });

  it('deep nesting does not bring the server down', async () => {
    const { code } = await send(
      'POST',
      `${maps}?dryRun=All`,
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bad"},"x":${nested(20_000)}}`,
    );
    expect([201, 400]).toContain(code);
    expect((await send('GET', '/readyz')).code).toBe(200);
  });

  it('names the field of each violated rule', async () => {
    const { body } = await send(
      'POST',
      '/api/v1/namespaces/default/pods',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'bad' },
        spec: { containers: [{ name: 'A' }] },
      }),
    );
    expect(body.details?.causes?.map(({ field }) => field)).toEqual([
      'spec.containers[0].name',
      'spec.containers[0].image',
    ]);
  });
});
