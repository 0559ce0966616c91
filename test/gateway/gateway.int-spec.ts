import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import type { KubeObject } from '@shiplog/domain';

const run = promisify(execFile);
const script = resolve(import.meta.dirname, '../dev/gateway.mjs');

interface Reply {
  readonly code: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  readonly body: KubeObject & Record<string, unknown>;
}

let folder: string;
let port: number;
const pki = (file: string): Buffer => readFileSync(join(folder, 'pki', file));
const gateway = (command: string): Promise<unknown> => run('node', [script, command, folder], { timeout: 60_000 });

/** kubectl against the gateway of this test; answers what it printed. */
async function kubectl(line: string, input?: string): Promise<string> {
  const child = run('kubectl', ['--kubeconfig', join(folder, 'kubeconfig'), ...line.split(' ')], { timeout: 20_000 });
  child.child.stdin?.end(input);
  return (await child).stdout.trim();
}

const admin = (): RequestOptions => ({ cert: pki('admin.crt'), key: pki('admin.key') });

function call(method: string, path: string, body?: unknown, options: RequestOptions = admin()): Promise<Reply> {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/json', ...options.headers };
    const request = httpsRequest(
      { host: '127.0.0.1', port, method, path, ca: pki('ca.crt'), agent: false, ...options, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const json = text.startsWith('{') && !path.includes('watch=1');
          done({
            code: response.statusCode ?? 0,
            headers: response.headers,
            text,
            body: (json ? JSON.parse(text) : {}) as Reply['body'],
          });
        });
      },
    );
    request
      .on('error', fail)
      .end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-test-'));
  await gateway('up');
  port = (JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as { apiPort: number }).apiPort;
}, 60_000);

afterAll(async () => {
  await gateway('down');
  await rm(folder, { recursive: true });
}, 30_000);

test('kubectl creates, applies, lists, patches and deletes', async () => {
  expect(await kubectl('create configmap one --from-literal=a=b')).toBe('configmap/one created');
  const manifest = JSON.stringify({ ...configMap('two', { k: 'v' }) });
  expect(await kubectl('apply -f -', manifest)).toBe('configmap/two created');
  expect(await kubectl('apply -f -', manifest)).toBe('configmap/two unchanged');
  expect(await kubectl('apply --server-side --force-conflicts -f -', manifest)).toBe(
    'configmap/two serverside-applied',
  );
  expect(await kubectl('get configmaps --no-headers -o custom-columns=:.metadata.name')).toBe('one\ntwo');
  expect(await kubectl('get configmaps two')).toMatch(/^NAME +DATA +AGE\ntwo +1 /);
  await kubectl('label configmap two l=x');
  expect(await kubectl('get configmaps -l l=x -o name')).toBe('configmap/two');
  expect(await kubectl('delete configmap one two')).toBe('configmap "one" deleted\nconfigmap "two" deleted');
}, 30_000);

test('a watch that a restart of the gateway has broken resumes without a gap', async () => {
  const { body } = await call('GET', configMaps);
  await call('POST', configMaps, configMap('w1'));
  await call('POST', configMaps, configMap('w2'));
  await gateway('restart');
  await call('DELETE', `${configMaps}/w1`);
  const { text } = await call(
    'GET',
    `${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${body.metadata.resourceVersion ?? ''}`,
  );
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; object: KubeObject });
  expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    'ADDED w1',
    'ADDED w2',
    'DELETED w1',
  ]);
}, 30_000);

test('who reads after a write sees it', async () => {
  for (let i = 0; i < 50; i++) {
    await call('POST', configMaps, configMap(`seen-${i}`));
    expect((await call('GET', `${configMaps}/seen-${i}`)).code).toBe(200);
  }
}, 30_000);

test('of many who change one state, one wins', async () => {
  const { body } = await call('POST', configMaps, configMap('raced'));
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, i) => call('PUT', `${configMaps}/raced`, { ...body, data: { by: String(i) } })),
  );
  expect(replies.map(({ code }) => code).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
});

test('of many who patch, all do', async () => {
  await call('POST', configMaps, configMap('patched'));
  const merge = { ...admin(), headers: { 'content-type': 'application/merge-patch+json' } };
  const replies = await Promise.all(
    Array.from({ length: 8 }, (_, i) => call('PATCH', `${configMaps}/patched`, { data: { [`k${i}`]: 'x' } }, merge)),
  );
  expect(new Set(replies.map(({ code }) => code))).toEqual(new Set([200]));
  expect(Object.keys((await call('GET', `${configMaps}/patched`)).body['data'] as object)).toHaveLength(8);
});

const anonymous: RequestOptions = {};
const bearer: RequestOptions = { headers: { authorization: 'Bearer forged' } };
const refusals: [string, () => Promise<Reply>, number, string][] = [
  ['a forged token', () => call('GET', configMaps, undefined, bearer), 401, 'Unauthorized'],
  ['nobody in particular', () => call('GET', configMaps, undefined, anonymous), 403, 'Forbidden'],
  [
    'a body of 4 MB',
    () => call('POST', configMaps, configMap('big', { k: 'x'.repeat(4 << 20) })),
    413,
    'RequestEntityTooLarge',
  ],
  ['half a body', () => call('POST', configMaps, '{"kind":"Conf'), 400, 'BadRequest'],
  ['the wrong type', () => call('POST', configMaps, { ...configMap('t'), data: { k: 5 } }), 400, 'BadRequest'],
  [
    'an unknown field, strictly',
    () => call('POST', `${configMaps}?fieldValidation=Strict`, { ...configMap('t'), nope: 1 }),
    400,
    'BadRequest',
  ],
  ['a deep body', () => call('POST', configMaps, `{"a":${'['.repeat(200_000)}`), 400, 'BadRequest'],
  ['a bad selector', () => call('GET', `${configMaps}?labelSelector=a%3D%3D%3Db`), 400, 'BadRequest'],
  ['a revision of the future', () => call('GET', `${configMaps}?resourceVersion=999999999`), 504, 'Timeout'],
  [
    'an unknown media type',
    () => call('POST', configMaps, 'x', { ...admin(), headers: { 'content-type': 'text/x' } }),
    415,
    'UnsupportedMediaType',
  ],
];
test.each(refusals)('%s is refused with a Status and an audit id', async (_, send, code, reason) => {
  const reply = await send();
  expect([reply.code, reply.body.kind, reply.body['reason'], reply.body['code']]).toEqual([
    code,
    'Status',
    reason,
    code,
  ]);
  expect(reply.headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('pages show one moment', async () => {
  const url = `${configMaps}?limit=20&fieldSelector=metadata.name!%3Dkube-root-ca.crt`;
  const first = await call('GET', url);
  await call('DELETE', `${configMaps}/seen-9`);
  const names = (reply: Reply): string[] =>
    (reply.body['items'] as KubeObject[]).map(({ metadata }) => metadata.name ?? '');
  const found = names(first);
  for (let token = (first.body.metadata as { continue?: string }).continue; token;) {
    const next = await call('GET', `${url}&continue=${token}`);
    found.push(...names(next));
    token = (next.body.metadata as { continue?: string }).continue;
  }
  expect(found.filter((name) => name.startsWith('seen-'))).toHaveLength(50);
  expect(found).toEqual([...found].sort());
});

test('a list that has expired goes on in the present, and all its remaining pages show that moment', async () => {
  const url = `${configMaps}?limit=20`;
  const answered = (await call('GET', url)).body.metadata as { continue: string };
  const { start } = JSON.parse(Buffer.from(answered.continue, 'base64url').toString()) as { start: string };
  const token = (t: number, more = {}): string =>
    Buffer.from(JSON.stringify({ v: 'shiplog/v1', start, t, ...more })).toString('base64url');
  const expired = await call('GET', `${url}&continue=${token(0, { rv: '1' })}`);
  expect([expired.code, expired.body['reason']]).toEqual([410, 'Expired']);
  const { continue: retry } = expired.body.metadata as { continue: string };
  const next = await call('GET', `${url}&continue=${retry}`);
  await call('DELETE', `${configMaps}/seen-8`);
  const nextMeta = next.body.metadata as { continue: string };
  const last = await call('GET', `${url}&continue=${nextMeta.continue}`);
  expect(last.body.metadata?.resourceVersion).toBe(next.body.metadata?.resourceVersion);
});

test.each(['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_256_GCM_SHA384'])(
  'a client that prefers %s gets it',
  async (preferred) => {
    const ciphers = [preferred, 'TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256'].join(':');
    const socket = connect({ host: '127.0.0.1', port, ca: pki('ca.crt'), ciphers });
    await once(socket, 'secureConnect');
    expect(socket.getCipher().name).toBe(preferred);
    socket.destroy();
  },
);

test('health is checked up to the log, by everybody', async () => {
  const { code, text } = await call('GET', '/readyz?verbose', undefined, anonymous);
  expect([code, text]).toEqual([200, expect.stringMatching(/\[\+\]log-write ok\n.*readyz check passed/s)]);
});

test('the documentation page is for everybody, what it describes is not', async () => {
  expect((await call('GET', '/docs', undefined, anonymous)).text).toContain('swagger-ui');
  expect((await call('GET', '/docs/swagger-ui-bundle.js', undefined, anonymous)).code).toBe(200);
  expect((await call('GET', '/openapi/v3', undefined, anonymous)).code).toBe(403);
  const { body } = await call('GET', '/openapi/v3');
  expect(Object.keys(body['paths'] as object)).toContain('apis/apps/v1');
});

test('metrics carry the names that dashboards know', async () => {
  const { text } = await call('GET', '/metrics');
  expect(text).toMatch(
    /apiserver_request_total\{verb="POST",dry_run="",group="",version="v1",resource="configmaps",subresource="",scope="resource",component="apiserver",code="201"\} [0-9]+/,
  );
  expect(text).toContain('apiserver_current_inflight_requests{request_kind="readOnly"}');
  for (const name of ['apiserver_resource_objects{group="",resource="configmaps"}', 'process_cpu_seconds_total'])
    expect(text).toMatch(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} [0-9.]*[1-9]`, 'm'));
  for (const name of ['shiplog_commit_batch_size', 'shiplog_append_duration_seconds', 'shiplog_cache_lag_seconds'])
    expect(text).toMatch(new RegExp(`^${name}_count{stream="RESOURCES"} [1-9]`, 'm'));
});

test('evictions keep to a disruption budget', async () => {
  const pods = '/api/v1/namespaces/default/pods';
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  const metadata = { labels: { app: 'web' }, finalizers: ['example.com/stay'] };
  const spec = { containers: [{ name: 'c', image: 'x' }], automountServiceAccountToken: false };
  const merge = { ...admin(), headers: { 'content-type': 'application/merge-patch+json' } };
  await call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  for (const name of ['a', 'b']) {
    expect((await call('POST', pods, { metadata: { ...metadata, name }, spec })).code).toBe(201);
    expect((await call('PATCH', `${pods}/${name}/status`, { status: ready }, merge)).code).toBe(200);
  }
  const evict = (name: string, query = ''): Promise<Reply> =>
    call('POST', `${pods}/${name}/eviction${query}`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });
  const allow = (disruptionsAllowed: number): Promise<Reply> => {
    const status = { observedGeneration: 1, disruptionsAllowed, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 };
    return call('PATCH', `${budgets}/web/status`, { status }, merge);
  };
  const budget = { metadata: { name: 'web' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } };
  await call('POST', budgets, budget);

  const unknown = await evict('a');
  expect(unknown.body).toMatchObject({ code: 429, details: { retryAfterSeconds: 10 } });
  expect(unknown.headers['retry-after']).toBe('10');
  await allow(1);
  expect((await evict('a', '?dryRun=All')).code).toBe(201);
  expect((await evict('a')).code).toBe(201);
  expect((await call('GET', `${budgets}/web`)).body['status']).toMatchObject({
    disruptionsAllowed: 0,
    disruptedPods: { a: expect.any(String) as string },
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
  });
  const evicted = (await call('GET', `${pods}/a`)).body;
  expect(evicted.metadata.deletionTimestamp).toBeDefined();
  expect(evicted['status']).toMatchObject({
    conditions: [{ type: 'Ready' }, { type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }],
  });
  expect((await evict('b')).body).toMatchObject({
    code: 429,
    reason: 'TooManyRequests',
    details: { causes: [{ reason: 'DisruptionBudget' }] },
  });
  expect((await call('GET', `${pods}/b`)).body.metadata.deletionTimestamp).toBeUndefined();
  await call('POST', budgets, { ...budget, metadata: { name: 'another' } });
  expect((await evict('b')).code).toBe(500);
}, 30_000);
