import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { KubeObject } from '@shiplog/domain';
import { eventually } from '@shiplog/testing';

const run = promisify(execFile);
const script = resolve(import.meta.dirname, '../dev/gateway.mjs');
const flowControl = '/apis/flowcontrol.apiserver.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';

interface Reply {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: KubeObject & Record<string, unknown>;
}

let folder: string;
let port: number;
const gateway = (command: string): Promise<unknown> => run('node', [script, command, folder], { timeout: 60_000 });
const pki = (file: string): Buffer => readFileSync(join(folder, 'pki', file));

/** As the administrator, or with a token. */
function open(method: string, path: string, body?: unknown, token?: string): Promise<IncomingMessage> {
  const credentials = token ? {} : { cert: pki('admin.crt'), key: pki('admin.key') };
  const headers = {
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', port, method, path, ca: pki('ca.crt'), agent: false, headers, ...credentials };
    httpsRequest(options, done)
      .on('error', fail)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function call(method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
  const response = await open(method, path, body, token);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return {
    code: response.statusCode ?? 0,
    headers: response.headers,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as Reply['body'],
  };
}

const schemaOf = async (path: string, token?: string): Promise<string> => {
  const { headers } = await call('GET', path, undefined, token);
  const { body } = await call('GET', `${flowControl}/flowschemas`);
  const items = body['items'] as KubeObject[];
  return items.find(({ metadata }) => metadata.uid === headers['x-kubernetes-pf-flowschema-uid'])?.metadata.name ?? '';
};

const flowSchema = (level: string): object => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 'jane' },
  spec: {
    priorityLevelConfiguration: { name: level },
    rules: [
      {
        subjects: [{ kind: 'User', user: { name: 'jane' } }],
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
      },
    ],
  },
});

const priorityLevel = (name: string, limitResponse: object): object => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name },
  spec: { type: 'Limited', limited: { nominalConcurrencyShares: 0, borrowingLimitPercent: 0, limitResponse } },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-overload-'));
  await writeFile(join(folder, 'tokens.csv'), 'jane-token,jane,1,"people"\n');
  await gateway('up');
  port = (JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as { apiPort: number }).apiPort;
  await call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'jane' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  });
}, 60_000);

afterAll(async () => {
  await gateway('down');
  await rm(folder, { recursive: true });
}, 30_000);

/** The gateway goes by what it has heard from the log. */
const janesSchemaIs = (name: string): Promise<void> =>
  eventually(async () => expect(await schemaOf(configMaps, 'jane-token')).toBe(name));

test('answers name their flow schema, and a new one takes effect once the gateway has heard of it', async () => {
  expect(await schemaOf('/livez')).toBe('exempt');
  expect(await schemaOf(configMaps, 'jane-token')).toBe('global-default');
  await call('POST', `${flowControl}/flowschemas`, flowSchema('workload-low'));
  await janesSchemaIs('jane');
  await call('DELETE', `${flowControl}/flowschemas/jane`);
  await janesSchemaIs('global-default');
});

/** Holds a seat for some seconds: what it asks for has not happened yet. */
const lasting = (): Promise<Reply> => call('GET', `${configMaps}?resourceVersion=999999999`, undefined, 'jane-token');

test('who finds no seat where nobody may wait is refused, and told when to come again', async () => {
  await call('POST', `${flowControl}/prioritylevelconfigurations`, priorityLevel('alone', { type: 'Reject' }));
  await call('POST', `${flowControl}/flowschemas`, flowSchema('alone'));
  await janesSchemaIs('jane');
  const first = lasting();
  await sleep(500);
  const second = await call('GET', configMaps, undefined, 'jane-token');
  expect([second.code, second.headers['retry-after'], second.body['reason']]).toEqual([429, '1', 'TooManyRequests']);
  expect((await call('GET', configMaps)).code).toBe(200);
  await first;
  expect((await call('GET', configMaps, undefined, 'jane-token')).code).toBe(200);
  await call('DELETE', `${flowControl}/flowschemas/jane`);
}, 30_000);

test('who finds no seat waits for one, but not for ever', async () => {
  const queuing = { queues: 1, handSize: 1, queueLengthLimit: 5 };
  await call('POST', `${flowControl}/prioritylevelconfigurations`, priorityLevel('narrow', { type: 'Queue', queuing }));
  await call('POST', `${flowControl}/flowschemas`, flowSchema('narrow'));
  await janesSchemaIs('jane');
  const started = performance.now();
  const order: string[] = [];
  const first = lasting().then(() => order.push('first'));
  await sleep(500);
  const patient = call('GET', configMaps, undefined, 'jane-token').then(({ code }) => order.push(`second ${code}`));
  const hurried = await call('GET', `${configMaps}?timeout=2s`, undefined, 'jane-token');
  expect([hurried.code, performance.now() - started < 2_500]).toEqual([429, true]);
  await Promise.all([first, patient]);
  expect(order).toEqual(['first', 'second 200']);
}, 30_000);

test('a watch that begins with more than it may have unsent gets all of it', async () => {
  const text = 'x'.repeat(250_000);
  for (let i = 0; i < 40; i++)
    await call('POST', configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `big-${i}` },
      data: { text },
    });
  const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const response = await open('GET', `${configMaps}?${query}`);
  const names = new Set<string>();
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    const events = lines.map((line) => JSON.parse(line) as { type: string; object: KubeObject });
    for (const { object } of events) names.add(object.metadata.name ?? '');
    if (events.some(({ object }) => object.metadata.annotations?.['k8s.io/initial-events-end'])) break;
  }
  response.destroy();
  expect([...names].filter((name) => name.startsWith('big-'))).toHaveLength(40);
}, 60_000);

test('what came with the cluster is mended, unless it was taken over', async () => {
  const own = { metadata: { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } } };
  const shares = { spec: { limited: { nominalConcurrencyShares: 77 } } };
  const at = (name: string): string => `${flowControl}/prioritylevelconfigurations/${name}`;
  await call('PATCH', at('global-default'), shares);
  await call('PATCH', at('workload-low'), { ...own, ...shares });
  await call('DELETE', at('system'));
  await gateway('restart');
  const sharesOf = async (name: string): Promise<unknown> =>
    ((await call('GET', at(name))).body['spec'] as { limited?: Record<string, unknown> } | undefined)?.limited?.[
      'nominalConcurrencyShares'
    ];
  for (let i = 0; i < 50 && (await sharesOf('global-default')) !== 20; i++) await sleep(100);
  expect(await Promise.all(['global-default', 'workload-low', 'system'].map(sharesOf))).toEqual([20, 77, 30]);
}, 60_000);
