import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '@shiplog/domain';
import { RestClient } from './rest-client.js';

interface Request {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

const pods = { group: '', version: 'v1', plural: 'pods', namespace: 'shop' };
const deployment = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'shop', name: 'web' };

describe('RestClient', () => {
  let server: Server;
  let requests: Request[];
  let answer: (response: ServerResponse) => void;
  let url: string;

  const json = (code: number, body: object) => (response: ServerResponse) =>
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  beforeEach(async () => {
    requests = [];
    answer = json(200, { metadata: { name: 'x' } });
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        requests.push({
          line: `${request.method} ${request.url}`,
          headers: request.headers,
          body: text && JSON.parse(text),
        });
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  it('acts as another user, in the groups that are named with it', async () => {
    const client = new RestClient({ server: url });
    await client.send({ method: 'GET', path: '/api', actAs: 'system:node:a', actAsGroups: ['system:nodes'] });
    await client.send({ method: 'GET', path: '/api', actAsGroups: ['system:nodes'] });
    expect(requests.map(({ headers }) => [headers['impersonate-user'], headers['impersonate-group']])).toEqual([
      ['system:node:a', 'system:nodes'],
      [undefined, undefined],
    ]);
  });

  it('fails when an answer breaks off', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{"metadata":');
      setTimeout(() => response.destroy(), 10);
    };
    await expect(new RestClient({ server: url }).get(deployment)).rejects.toThrow();
  });

  const calls: [string, (client: RestClient) => Promise<unknown>, string, string | undefined][] = [
    ['get', (c) => c.get(deployment), 'GET /apis/apps/v1/namespaces/shop/deployments/web', undefined],
    [
      'list',
      (c) => c.list({ ...pods, namespace: undefined }, { labelSelector: 'a=b', limit: 2 }),
      'GET /api/v1/pods?labelSelector=a%3Db&limit=2',
      undefined,
    ],
    [
      'create',
      (c) => c.create(pods, {} as KubeObject, { fieldManager: 'me', dryRun: true }),
      'POST /api/v1/namespaces/shop/pods?fieldManager=me&dryRun=All',
      'application/json',
    ],
    [
      'create a subresource',
      (c) => c.create({ ...pods, name: 'a', subresource: 'binding' }, {} as KubeObject),
      'POST /api/v1/namespaces/shop/pods/a/binding',
      'application/json',
    ],
    [
      'update',
      (c) => c.update({ ...deployment, subresource: 'status' }, {} as KubeObject),
      'PUT /apis/apps/v1/namespaces/shop/deployments/web/status',
      'application/json',
    ],
    [
      'patch',
      (c) => c.patch(deployment, 'strategic', {}),
      'PATCH /apis/apps/v1/namespaces/shop/deployments/web',
      'application/strategic-merge-patch+json',
    ],
    [
      'apply',
      (c) => c.patch(deployment, 'apply', {}, { fieldManager: 'me', force: true }),
      'PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=me&force=true',
      'application/apply-patch+yaml',
    ],
    ['delete', (c) => c.delete(deployment), 'DELETE /apis/apps/v1/namespaces/shop/deployments/web', 'application/json'],
    [
      'a name with odd characters',
      (c) => c.get({ group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles', name: 'system:a/b' }),
      'GET /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aa%2Fb',
      undefined,
    ],
  ];
  test.each(calls)('%s', async (_, call, line, contentType) => {
    await call(new RestClient({ server: url }));
    expect(requests[0]?.line).toBe(line);
    expect(requests[0]?.headers['content-type']).toBe(contentType);
  });

  it('sends preconditions, grace and policy of a delete in its body', async () => {
    await new RestClient({ server: url }).delete(deployment, {
      uid: 'u',
      gracePeriodSeconds: 0,
      propagationPolicy: 'Foreground',
    });
    expect(requests[0]?.body).toMatchObject({
      kind: 'DeleteOptions',
      preconditions: { uid: 'u' },
      gracePeriodSeconds: 0,
      propagationPolicy: 'Foreground',
    });
  });

  it('says who it is, as whom it acts and why', async () => {
    const client = new RestClient({ server: `${url}/as-of/7`, token: 'secret' }, { userAgent: 'kubelet/v1' });
    await client.update(deployment, {} as KubeObject, { cause: 'RESOURCES/5', actAs: 'ann' });
    expect(requests[0]).toMatchObject({
      line: 'PUT /as-of/7/apis/apps/v1/namespaces/shop/deployments/web',
      headers: {
        authorization: 'Bearer secret',
        'user-agent': 'kubelet/v1',
        'shiplog-cause': 'RESOURCES/5',
        'impersonate-user': 'ann',
      },
    });
  });

  it('reads its token from the file', async () => {
    const tokenFile = join(await mkdtemp(join(tmpdir(), 'token-')), 'token');
    await writeFile(tokenFile, 'from-file\n');
    await new RestClient({ server: url, tokenFile }).get(deployment);
    expect(requests[0]?.headers.authorization).toBe('Bearer from-file');
  });

  it('throws the Status that it was answered', async () => {
    answer = json(404, {
      kind: 'Status',
      status: 'Failure',
      reason: 'NotFound',
      message: 'pods "a" not found',
      code: 404,
    });
    await expect(new RestClient({ server: url }).get(deployment)).rejects.toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'pods "a" not found',
    });
  });

  it('throws a StatusError for an answer that is none of ours', async () => {
    answer = (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('bad gateway');
    await expect(new RestClient({ server: url }).get(deployment)).rejects.toMatchObject({
      code: 502,
      message: 'bad gateway',
    });
  });

  it('throws ServiceUnavailable when nobody answers', async () => {
    server.close();
    await expect(new RestClient({ server: 'http://127.0.0.1:9' }).get(deployment)).rejects.toMatchObject({
      code: 503,
      reason: 'ServiceUnavailable',
    });
  });

  it('gives up when told to', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const pending = new RestClient({ server: url }).get(deployment, stop.signal);
    stop.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });

  it('watches events line by line, however they are cut, and throws the ERROR that ends them', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const text =
        '{"type":"ADDED","object":{"metadata":{"name":"ä"}}}\n{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}\n{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n';
      const bytes = Buffer.from(text);
      const cut = bytes.indexOf('ä') + 1;
      response.write(bytes.subarray(0, cut));
      setTimeout(() => response.end(bytes.subarray(cut)), 20);
    };
    const seen: string[] = [];
    const watching = async (): Promise<void> => {
      const client = new RestClient({ server: url });
      for await (const { type, object } of client.watch(pods, { resourceVersion: '1' }, new AbortController().signal))
        seen.push(`${type} ${object.metadata.name ?? ''}`);
    };
    await expect(watching()).rejects.toMatchObject({ code: 410, reason: 'Expired' });
    expect(seen).toEqual(['ADDED ä', 'BOOKMARK ']);
    expect(requests[0]?.line).toBe(
      'GET /api/v1/namespaces/shop/pods?watch=1&allowWatchBookmarks=true&resourceVersion=1',
    );
  });
});
