import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Logger } from '@shiplog/component-base';
import { createWebSocketStream, WebSocket } from 'ws';
import type { PodWorkers } from '../pods/pod-workers.js';
import { podPaths } from '../pods/setup/pod-paths.js';
import type { PodRuntime } from '../runtime/pod-runtime.js';
import { writeCertificates } from '../testing/certificates.js';
import { aContainer, aPod, aRun, aSandbox, exited, seen } from '../testing/pods.js';
import { startStreamingServer } from '../testing/streaming-server.js';
import { serveNode } from './node-server.js';
import { UsageStats } from './stats.js';
import { SpdySession } from './spdy/spdy-session.js';

const folder = mkdtempSync(join(tmpdir(), 'node-server-'));
const stop = new AbortController();
const file = (name: string): string => join(folder, name);
let port: number;
let streaming: Awaited<ReturnType<typeof startStreamingServer>>;
let web: Server;

beforeAll(async () => {
  await writeCertificates(folder, {
    'node-1': 'CN=system:node:node-1',
    admin: 'O=system:masters,CN=admin',
    gateway: 'CN=kube-apiserver-kubelet-client',
    user: 'CN=somebody',
  });
  streaming = await startStreamingServer();
  web = createServer((_request, response) => response.end('from the pod')).listen(0, '127.0.0.1');
  const paths = podPaths(folder);
  const log = (attempt: number, line: string): void => {
    const path = join(paths.logs('default', 'web', 'uid-web'), 'app', `${attempt}.log`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `2026-01-01T12:00:00.000000000Z stdout F ${line}\n`);
  };
  log(0, 'first run');
  log(1, 'second run');
  const worker = {
    current: aPod({ containers: [aContainer('app'), aContainer('late')] }),
    reported: {
      containerStatuses: [
        {
          name: 'late',
          ready: false,
          restartCount: 0,
          image: '',
          imageID: '',
          state: { waiting: { reason: 'ImagePullBackOff' } },
        },
      ],
    },
    lastObserved: seen([aSandbox()], [aRun('app', { attempt: 1 }), exited('app', 1)]),
  };
  const url = (path: string) => () => Promise.resolve(streaming.url(path));
  const runtime = {
    execUrl: url('/exec'),
    portForwardUrl: url('/portforward'),
    usage: () => Promise.resolve([]),
  } as unknown as PodRuntime;
  const workers = {
    all: () => [worker],
    worker: (_namespace: string, name: string) => (name === 'web' ? worker : undefined),
  } as unknown as PodWorkers;
  const served = { runtime, workers, stats: new UsageStats('node-1', runtime), paths };
  port = await serveNode(
    {
      certificate: { folder, name: 'node-1' },
      port: 0,
      log: { info: () => undefined, warn: () => undefined } as unknown as Logger,
      nodeAt: (address) => (address === '127.0.0.2' ? undefined : served),
      commands: { '/stop': (parameters) => Promise.resolve(`stopped ${parameters.get('nodes')}`) },
    },
    stop.signal,
  );
});
afterAll(() => {
  stop.abort();
  streaming.close();
  web.closeAllConnections();
  web.close();
  rmSync(folder, { recursive: true });
});

const identity = (name?: string) => ({
  ca: readFileSync(file('ca.crt')),
  ...(name ? { cert: readFileSync(file(`${name}.crt`)), key: readFileSync(file(`${name}.key`)) } : {}),
});

function get(path: string, as: string | undefined = 'gateway'): Promise<{ code: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false, ...identity(as) }, (answer) => {
      text(answer).then((body) => resolve({ code: answer.statusCode ?? 0, body }), reject);
    })
      .once('error', reject)
      .end();
  });
}

describe('who may ask', () => {
  it.each([
    ['gateway', 200],
    ['admin', 200],
    ['user', 403],
    ['stranger', 401],
    [undefined, 401],
  ])('%s: %d', async (name, code) => {
    const answer = await new Promise((resolve, reject) =>
      request({ host: '127.0.0.1', port, path: '/healthz', agent: false, ...identity(name) }, (reply) =>
        resolve(reply.resume().statusCode),
      )
        .once('error', reject)
        .end(),
    );
    expect(answer).toBe(code);
  });

  it('sessions are refused as well', async () => {
    const { error } = await session('/exec/default/web/app?command=x&output=1', ['v5.channel.k8s.io'], 'user');
    expect(error).toContain('403');
  });
});

describe('reading', () => {
  it.each([
    ['/containerLogs/default/web/app', 200, 'second run\n'],
    ['/containerLogs/default/web/app?previous=true', 200, 'first run\n'],
    [
      '/containerLogs/default/web/late',
      400,
      'container "late" in pod "web" is waiting to start: trying and failing to pull image\n',
    ],
    [
      '/containerLogs/default/web/late?previous=true',
      400,
      'previous terminated container "late" in pod "web" not found\n',
    ],
    ['/containerLogs/default/gone/app', 404, 'pod does not exist\n'],
    ['/nothing', 404, '404 page not found\n'],
  ])('%s', async (path, code, body) => expect(await get(path)).toEqual({ code, body }));

  it('lists its pods', async () => {
    expect(JSON.parse((await get('/pods')).body)).toMatchObject({
      kind: 'PodList',
      items: [{ metadata: { name: 'web' } }],
    });
  });
});

interface Opened {
  webSocket: WebSocket;
  protocol?: string;
  error?: string;
}

/** The handshake by hand: the library's client cannot offer every protocol that kubectl does. */
function session(path: string, protocols: string[], as = 'gateway'): Promise<Opened> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    'sec-websocket-protocol': protocols.join(', '),
  };
  const webSocket = new WebSocket(null as never, undefined, {});
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers, agent: false, ...identity(as) })
      .once('upgrade', (answer, socket, head) => {
        const client = webSocket as unknown as { _isServer: boolean; setSocket(...args: unknown[]): void };
        client._isServer = false;
        client.setSocket(socket, head, { maxPayload: 0, skipUTF8Validation: false, allowSynchronousEvents: true });
        resolve({ webSocket, protocol: answer.headers['sec-websocket-protocol'] });
      })
      .once('response', (answer) => resolve({ webSocket, error: String(answer.resume().statusCode) }))
      .once('error', reject)
      .end();
  });
}

describe('exec over WebSocket', () => {
  it('carries stdin, stdout, stderr and the exit status, the status last', async () => {
    const { webSocket, protocol } = await session('/exec/default/web/app?command=cat&input=1&output=1&error=1', [
      'v5.channel.k8s.io',
      'v4.channel.k8s.io',
    ]);
    expect(protocol).toBe('v5.channel.k8s.io');
    const messages: [number, Buffer][] = [];
    webSocket.on('message', (data: Buffer) => messages.push([data[0] ?? -1, data.subarray(1)]));
    const closed = new Promise<number>((resolve) => webSocket.once('close', resolve));
    const large = Buffer.alloc(300_000, 'x');
    webSocket.send(Buffer.concat([Buffer.from([0]), large]));
    webSocket.send(Buffer.from([255, 0]));
    expect(await closed).toBe(1000);
    const on = (channel: number) =>
      Buffer.concat(messages.filter(([number]) => number === channel).map(([, data]) => data));
    expect(on(1).equals(large)).toBe(true);
    expect(on(2).toString()).toBe('done');
    expect(JSON.parse(on(3).toString())).toMatchObject({ reason: 'NonZeroExitCode' });
    expect(messages.at(-1)?.[0]).toBe(3);
  });

  it.each([
    ['/exec/default/web/late?command=x&output=1', '404'],
    ['/exec/default/gone/app?command=x&output=1', '404'],
    ['/exec/default/web/app?command=x', '400'],
  ])('refuses %s', async (path, code) => expect((await session(path, ['v5.channel.k8s.io'])).error).toContain(code));
});

describe('port-forward over WebSocket', () => {
  const httpRequest = 'GET / HTTP/1.0\r\n\r\n';
  const webPort = () => (web.address() as AddressInfo).port;

  it('tunnels SPDY', async () => {
    const { webSocket } = await session('/portForward/default/web', ['SPDY/3.1+portforward.k8s.io']);
    const client = new SpdySession(createWebSocketStream(webSocket), 'client');
    const headers = { port: String(webPort()), requestid: '0' };
    client.open({ ...headers, streamtype: 'error' }).end();
    const data = client.open({ ...headers, streamtype: 'data' });
    data.write(httpRequest);
    expect(await text(data)).toContain('from the pod');
    client.close();
  });

  it('speaks channels, two for each port', async () => {
    const { webSocket } = await session(`/portForward/default/web?port=${webPort()}`, ['v4.channel.k8s.io']);
    const received: Buffer[] = [];
    const answered = new Promise<void>((resolve) =>
      webSocket.on('message', (data: Buffer) => {
        received.push(data);
        if (data.includes('from the pod')) resolve();
      }),
    );
    webSocket.send(Buffer.concat([Buffer.from([0]), Buffer.from(httpRequest)]));
    await answered;
    const first = (channel: number) => received.find((data) => data[0] === channel)?.subarray(1);
    expect(first(0)?.readUInt16LE(0)).toBe(webPort());
    expect(first(1)?.readUInt16LE(0)).toBe(webPort());
    webSocket.close();
  });
});
