import { once } from 'node:events';
import { createServer, request, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { unavailable, type StatusError } from '@shiplog/domain';
import type { HttpExchange } from '../../request/incoming-request.js';
import type { RequestContext } from '../../request/request-context.js';
import { forward } from './forward.js';

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listening = async (server: Server): Promise<Server> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
};

/** Says what it was asked; upgrades to an echo. */
async function echoBackend(): Promise<Server> {
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      response.writeHead(incoming.url === '/missing' ? 404 : 200, { 'x-from': 'backend', connection: 'keep-alive' });
      response.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body }));
    });
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${incoming.headers.upgrade}\r\nConnection: Upgrade\r\n\r\nhello `,
    );
    socket.write(head);
    socket.pipe(socket);
  });
  return listening(server);
}

/** A gateway reduced to handing everything on to one place. */
async function front(target: string): Promise<Server> {
  const handle = (exchange: HttpExchange): void => {
    const gone = new AbortController();
    exchange.response.once('close', () => gone.abort());
    const { method = 'GET', headers, url = '/' } = exchange.request;
    const context = { incoming: { http: exchange, method, headers }, signal: gone.signal } as unknown as RequestContext;
    forward(context, { url: new URL(url, target), unreachable: unavailable })
      .then((answer) => ('stream' in answer ? answer.stream() : undefined))
      .catch((error: StatusError) => exchange.response.writeHead(error.code).end(error.message));
  };
  const server = createServer((incoming, response) => handle({ request: incoming, response }));
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const response = new ServerResponse(incoming);
    response.assignSocket(socket);
    handle({ request: incoming, response, upgrade: { socket, head } });
  });
  return listening(server);
}

let backend: Server;
let gateway: Server;
beforeEach(async () => {
  backend = await echoBackend();
  gateway = await front(`http://127.0.0.1:${portOf(backend)}`);
});
afterEach(() => {
  for (const server of [backend, gateway]) {
    server.close();
    server.closeAllConnections();
  }
});

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

async function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const { body, ...rest } = options;
  const outgoing = request({ port: portOf(gateway), path, host: '127.0.0.1', ...rest });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { code: response.statusCode, headers: response.headers, body: await text(response) };
}

test('a request goes on with its method, path and body, but without credentials', async () => {
  const { code, headers, body } = await ask('/a/b?c=d', {
    method: 'POST',
    headers: { authorization: 'Bearer secret', 'impersonate-user': 'jo', 'x-mine': '1', 'content-length': '5' },
    body: 'hallo',
  });
  const echo = JSON.parse(body) as Echo;
  expect([code, headers['x-from']]).toEqual([200, 'backend']);
  expect(echo).toMatchObject({ method: 'POST', url: '/a/b?c=d', body: 'hallo', headers: { 'x-mine': '1' } });
  expect(Object.keys(echo.headers)).not.toEqual(expect.arrayContaining(['authorization']));
  expect(Object.keys(echo.headers)).not.toEqual(expect.arrayContaining(['impersonate-user']));
  expect(echo.headers['host']).toBe(`127.0.0.1:${portOf(backend)}`);
});

test("the backend's refusal is the client's answer", async () => expect((await ask('/missing')).code).toBe(404));

test('a backend that is gone is a StatusError', async () => {
  const port = portOf(backend);
  const closed = once(backend, 'close');
  backend.close();
  await closed;
  expect(await ask('/')).toMatchObject({ code: 503, body: expect.stringContaining(String(port)) as string });
});

test.each(['websocket', 'SPDY/3.1'])(
  'an upgrade to %s is joined both ways, what was sent ahead included',
  async (protocol) => {
    const socket = connect(portOf(gateway), '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.write(`POST /exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\nahead `);
    const until = async (wanted: string): Promise<void> => {
      while (!Buffer.concat(received).toString().includes(wanted)) await once(socket, 'data');
    };
    await until('hello ahead ');
    socket.write('later');
    await until('hello ahead later');
    expect(Buffer.concat(received).toString()).toContain(`101 Switching Protocols\r\nUpgrade: ${protocol}\r\n`);
    socket.destroy();
  },
);

test('when the client leaves, so does the connection to the backend', async () => {
  const arrived = once(backend, 'upgrade') as Promise<[IncomingMessage, Socket]>;
  const socket = connect(portOf(gateway), '127.0.0.1');
  socket.write('GET /exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const [, behind] = await arrived;
  await once(socket, 'data');
  socket.destroy();
  if (!behind.destroyed) await once(behind, 'close');
  expect(behind.destroyed).toBe(true);
});
