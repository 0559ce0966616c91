import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@shiplog/component-base';
import {
  connectEventStore,
  database,
  migrate,
  parseKeyRing,
  rotatedKeyRing,
  type JetStreamEventStore,
} from '@shiplog/event-store';
import { startNats, startPostgres, type RunningNats, type RunningPostgres } from '@shiplog/testing';
import { Registry as Metrics } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Projector } from '../../projector/projecting/projector.js';
import { projections } from '../../projector/projections.js';
import { assembleGateway, clusterCache, type GatewayParts } from '../assemble-gateway.js';
import { discoveryEndpoints } from '../discovery/discovery.endpoints.js';
import { GatewayConfiguration } from '../configuration.js';
import { expireOnce } from '../event-expiry/event-expiry.js';
import type { Gateway } from '../gateway.js';
import { gatewayRules } from '../gateway-rules.js';
import { clientIsGone } from '../request/broken-off.js';
import { joined, type IncomingRequest } from '../request/incoming-request.js';
import { RequestScope } from '../request/request-scope.js';
import { handleRequest } from '../request-pipeline.js';
import { builtInResources } from '../rest/built-in-resources.js';
import { schemaCodec } from '../rest/schema-codec.js';
import { historyEndpoints } from './history.endpoints.js';
import { openHistory } from './open-history.js';

jest.setTimeout(60_000);

const admin = { name: 'shiplog-admin', groups: ['system:masters', 'system:authenticated'] };
const stranger = { name: 'stranger', groups: ['system:authenticated'] };
const keyRing = parseKeyRing(rotatedKeyRing('k1'), 'test');
const stop = new AbortController();
let nats: RunningNats;
let postgres: RunningPostgres;
let log: JetStreamEventStore;
let projectorLog: JetStreamEventStore;
let db: DataSource;
let running: Promise<void>;
let folder: string;
let gateway: Gateway;
let http: Server | undefined;

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  folder = await mkdtemp(join(tmpdir(), 'shiplog-history-'));
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  for (const file of ['ca.crt', 'apiserver-kubelet-client.crt', 'apiserver-kubelet-client.key'])
    await writeFile(join(folder, file), '');
  log = await connectEventStore({ natsUrl: nats.url, name: 'gateway', streams: {}, keyRing });
  projectorLog = await connectEventStore({ natsUrl: nats.url, name: 'projector' });
  db = await database({ url: postgres.url, name: 'projector' }).initialize();
  await migrate(db);
  running = new Projector(projectorLog, db, projections, () => undefined).run(stop.signal);

  const logger = createLogger('test');
  const { history, snapshots } = await openHistory(postgres.url, log, keyRing, logger, stop.signal);
  const configuration = Object.assign(new GatewayConfiguration(), { pkiFolder: folder, watchWindowSeconds: 1 });
  const parts: GatewayParts = {
    configuration,
    logger,
    metrics: new Metrics(),
    store: log,
    snapshots,
    past: history,
    history,
    resources: builtInResources,
    codec: schemaCodec,
  };
  const cache = clusterCache(parts);
  await cache.start(stop.signal);
  gateway = assembleGateway(parts, cache, gatewayRules(parts, cache), (assembled) => [
    ...historyEndpoints(assembled),
    ...discoveryEndpoints(),
  ]);
  await write('POST', '/api/v1/namespaces', { metadata: { name: 'past' } });
  http = await serve();
});
afterAll(async () => {
  http?.closeAllConnections();
  http?.close();
  stop.abort();
  await running;
  await Promise.all([log.close(), projectorLog.close(), db.destroy()]);
  await Promise.all([nats.stop(), postgres.stop(), rm(folder, { recursive: true })]);
});

/** The pipeline behind a plain HTTP server, for what writes its answer itself. */
async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const scope = new RequestScope({
      method: 'GET',
      path: pathname,
      query: searchParams,
      headers: request.headers,
      sourceIp: '127.0.0.1',
      trustedUser: admin,
      http: { request, response },
      body: () => Promise.resolve(Buffer.alloc(0)),
    });
    response.once('close', () => scope.abort(clientIsGone()));
    void handleRequest(scope, gateway).then(async (answer) => {
      if ('stream' in answer) await answer.stream();
      else response.writeHead(answer.code).end(joined(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

interface Reply {
  readonly code: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

async function request(
  method: string,
  url: string,
  options: { body?: unknown; user?: typeof admin; accept?: string; cause?: string } = {},
): Promise<Reply> {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const incoming: IncomingRequest = {
    method,
    path: pathname,
    query: searchParams,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'kubectl/test',
      ...(options.accept ? { accept: options.accept } : {}),
      ...(options.cause ? { 'shiplog-cause': options.cause } : {}),
    },
    sourceIp: '127.0.0.1',
    trustedUser: options.user ?? admin,
    body: () => Promise.resolve(Buffer.from(JSON.stringify(options.body ?? {}))),
  };
  const answer = await handleRequest(new RequestScope(incoming), gateway);
  if ('stream' in answer) throw new Error('a stream');
  return { code: answer.code, body: JSON.parse(joined(answer.body).toString('utf8')) };
}

async function write(method: string, url: string, body?: unknown, cause?: string): Promise<Reply> {
  const reply = await request(method, url, { body, ...(cause ? { cause } : {}) });
  if (reply.code >= 300) throw new Error(JSON.stringify(reply.body));
  return reply;
}

const read = (url: string): Promise<Reply> => request('GET', url);
const configMaps = '/api/v1/namespaces/past/configmaps';
const revisionOf = ({ body }: Reply): string => body.metadata.resourceVersion;
const configMap = (name: string, data: Record<string, string>, labels = {}) => ({ metadata: { name, labels }, data });

/** The lines of a stream that arrive within a while. */
function lines(path: string, forMs: number): Promise<Reply['body'][]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const call = get({ port: (http?.address() as AddressInfo).port, path }, (response) => {
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', () => undefined);
      const done = (): void => {
        call.destroy();
        resolve(
          text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line)),
        );
      };
      response.once('end', done);
      setTimeout(done, forMs);
    }).on('error', reject);
  });
}

describe('the API as of a moment', () => {
  let before: string;
  let created: string;
  let changed: string;
  let deleted: string;
  let time: string;
  beforeAll(async () => {
    before = revisionOf(await read(configMaps));
    created = revisionOf(await write('POST', configMaps, configMap('a', { step: '1' }, { app: 'x' })));
    await write('POST', configMaps, configMap('b', { step: '1' }));
    await sleep(20);
    time = new Date().toISOString();
    await sleep(20);
    changed = revisionOf(await write('PUT', `${configMaps}/a`, configMap('a', { step: '2' })));
    await write('DELETE', `${configMaps}/b`);
    deleted = revisionOf(await read(configMaps));
  });
  const names = ({ body }: Reply): string[] =>
    body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
  const past = (moment: string, path: string): Promise<Reply> => read(`/as-of/${moment}${path}`);

  it('shows an object as it was', async () => {
    expect((await past(created, `${configMaps}/a`)).body).toMatchObject({
      data: { step: '1' },
      metadata: { resourceVersion: created },
    });
    expect((await past(time, `${configMaps}/a`)).body.data).toEqual({ step: '1' });
    expect((await past(changed, `${configMaps}/a`)).body.data).toEqual({ step: '2' });
    expect((await past(before, `${configMaps}/a`)).code).toBe(404);
    expect((await past(deleted, `${configMaps}/b`)).code).toBe(404);
    expect((await past(changed, `${configMaps}/b`)).code).toBe(200);
  });

  it('lists what there was, with selectors, pages and tables', async () => {
    expect(names(await past(before, configMaps))).not.toContain('a');
    expect(names(await past(time, configMaps))).toEqual(expect.arrayContaining(['a', 'b']));
    expect(names(await past(deleted, configMaps))).not.toContain('b');
    expect(names(await past(time, `${configMaps}?labelSelector=app%3Dx`))).toEqual(['a']);
    expect(names(await past(deleted, `${configMaps}?labelSelector=app%3Dx`))).toEqual([]);
    expect(names(await past('0', configMaps))).toEqual([]);
    const first = await past(time, `${configMaps}?limit=1`);
    const second = await past(
      time,
      `${configMaps}?limit=5&continue=${encodeURIComponent(first.body.metadata.continue)}`,
    );
    expect([...names(first), ...names(second)]).toEqual(names(await past(time, configMaps)));
    expect(first.body.metadata.remainingItemCount).toBe(names(second).length);
    expect(second.body.metadata.remainingItemCount).toBeUndefined();
    const some = await past(time, `${configMaps}?limit=1&labelSelector=app`);
    expect(some.body.metadata).not.toHaveProperty('remainingItemCount');
    const table = await request('GET', `/as-of/${time}${configMaps}`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    expect(table.body.kind).toBe('Table');
    expect(table.body.rows.map(({ cells }: { cells: string[] }) => cells[0])).toEqual(
      expect.arrayContaining(['a', 'b']),
    );
  });

  it('is the same by resourceVersionMatch=Exact, however old', async () => {
    await sleep(1_100);
    const exact = await read(`${configMaps}?resourceVersion=${created}&resourceVersionMatch=Exact`);
    expect(exact.body.items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === 'a').data).toEqual(
      { step: '1' },
    );
  });

  it('refuses to change the past, to look into the future, and what is no moment', async () => {
    expect(
      (await request('PUT', `/as-of/${time}${configMaps}/a`, { body: configMap('a', {}) })).body.message,
    ).toContain('the past cannot be changed');
    expect((await past('999999', configMaps)).body.message).toContain('has not happened yet');
    expect((await past('someday', configMaps)).body.message).toContain('is no moment');
  });

  it('has the discovery of the present', async () => {
    expect((await past(time, '/api/v1')).body.kind).toBe('APIResourceList');
  });

  it('asks the present whether the caller may', async () => {
    expect((await request('GET', `/as-of/${time}${configMaps}`, { user: stranger })).code).toBe(403);
  });

  it('is still for a watch, after the state has been shown', async () => {
    const seen = await lines(`/as-of/${time}${configMaps}?watch=1&fieldSelector=metadata.name%3Da`, 400);
    expect(seen.map(({ type, object }) => [type, object.data])).toEqual([['ADDED', { step: '1' }]]);
    expect(await lines(`/as-of/${time}${configMaps}?watch=1&resourceVersion=${changed}`, 300)).toEqual([]);
  });

  it('plays a stretch of time again as a watch', async () => {
    const seen = await lines(`/as-of/${before}..${deleted}@1000x${configMaps}?watch=1&resourceVersion=${before}`, 700);
    expect(seen.map(({ type, object }) => `${type} ${object.metadata.name} ${object.data.step}`)).toEqual([
      'ADDED a 1',
      'ADDED b 1',
      'MODIFIED a 2',
      'DELETED b 1',
    ]);
    expect(seen.at(-1).object.metadata.resourceVersion).toBe(deleted);
  });
});

describe('the history of an object', () => {
  it('tells every change, newest first, and not of others', async () => {
    await write('POST', configMaps, configMap('told', { step: '1' }));
    await write('PUT', `${configMaps}/told`, configMap('told', { step: '2' }));
    await write('DELETE', `${configMaps}/told`);
    const { body } = await read(`/shiplog/v1/history${configMaps}/told?content=true`);
    expect(
      body.items.map(({ type, verb, user, content }: Reply['body']) => [type, verb, user, content.data.step]),
    ).toEqual([
      ['deleted', 'delete', 'shiplog-admin', '2'],
      ['updated', 'update', 'shiplog-admin', '2'],
      ['created', 'create', 'shiplog-admin', '1'],
    ]);
    const page = await read(`/shiplog/v1/history${configMaps}/told?limit=1`);
    const rest = await read(`/shiplog/v1/history${configMaps}/told?before=${page.body.metadata.before}`);
    expect(rest.body.items).toHaveLength(2);
  });

  it('is for those who may get the object', async () => {
    expect((await request('GET', `/shiplog/v1/history${configMaps}/told`, { user: stranger })).code).toBe(403);
    expect((await request('GET', `/shiplog/v1/why${configMaps}/told`, { user: stranger })).code).toBe(403);
    expect((await request('GET', '/shiplog/v1/revisions', { user: stranger })).code).toBe(403);
  });

  it('shows a Secret although it lies sealed in the database', async () => {
    const secrets = '/api/v1/namespaces/past/secrets';
    await write('POST', secrets, { metadata: { name: 's' }, data: { password: 'aHVudGVyMg==' } });
    const { body } = await read(`/shiplog/v1/history${secrets}/s?content=true`);
    expect(body.items[0].content.data).toEqual({ password: 'aHVudGVyMg==' });
    const rows = await db.query(`SELECT convert_from(body, 'UTF8') AS body FROM history WHERE plural = 'secrets'`);
    expect(rows).toHaveLength(1);
    for (const row of rows) expect(row.body).not.toContain('aHVudGVyMg==');
  });

  it('is unknown for what never was', async () => {
    expect((await read(`/shiplog/v1/history${configMaps}/never`)).code).toBe(404);
    expect((await read(`/shiplog/v1/history${configMaps}`)).code).toBe(400);
  });
});

describe('why', () => {
  it('walks from a person’s command to the present state', async () => {
    const first = await write('POST', configMaps, configMap('cause', {}));
    const second = await write('POST', configMaps, configMap('effect', {}), `RESOURCES/${revisionOf(first)}`);
    await write('PUT', `${configMaps}/effect`, configMap('effect', { done: 'yes' }), `RESOURCES/${revisionOf(second)}`);
    const { body } = await read(`/shiplog/v1/why${configMaps}/effect`);
    expect(body.complete).toBe(true);
    expect(body.steps.map(({ object, verb }: Reply['body']) => `${verb} ${object.name}`)).toEqual([
      'create cause',
      'create effect',
      'update effect',
    ]);
    expect(new Set(body.steps.map(({ correlationId }: Reply['body']) => correlationId)).size).toBe(1);
  });
});

it('exports every change as audit events', async () => {
  const entries = await lines('/shiplog/v1/audit?since=0', 5_000);
  const entry = entries.find(({ objectRef }) => objectRef.name === 'told');
  expect(entry).toMatchObject({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    verb: 'create',
    user: { username: 'shiplog-admin' },
    objectRef: { resource: 'configmaps', namespace: 'past', name: 'told', apiVersion: 'v1' },
    responseStatus: { code: 201 },
  });
  expect(entry.stageTimestamp).toMatch(/\.\d{6}Z$/);
});

it('Events expire like any delete, and their history stays', async () => {
  const events = '/api/v1/namespaces/past/events';
  const involvedObject = { kind: 'ConfigMap', namespace: 'past', name: 'told' };
  await write('POST', events, { metadata: { name: 'e' }, involvedObject, reason: 'Tested', type: 'Normal' });
  expect((await read(`${events}/e`)).code).toBe(200);
  const resource = gateway.resources.find({ group: '', version: 'v1', plural: 'events' })!;
  const inAnHour = new Date(Date.now() + 3_600_001);
  expect(await expireOnce(gateway, resource, new Date(), 3_600_000, stop.signal)).toBe(0);
  expect(await expireOnce(gateway, resource, inAnHour, 3_600_000, stop.signal)).toBe(1);
  expect((await read(`${events}/e`)).code).toBe(404);
  const { body } = await read(`/shiplog/v1/history${events}/e`);
  expect(body.items.map(({ type }: Reply['body']) => type)).toEqual(['deleted', 'created']);
});

it('names the revision of a moment', async () => {
  const { body } = await read('/shiplog/v1/revisions');
  expect(body.RESOURCES).toBe((await log.lastRevision('RESOURCES')).toString());
});
