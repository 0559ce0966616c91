import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '@shiplog/component-base';
import { register } from 'prom-client';
import { containerId } from '../pods/container.status.js';
import type { PodWorkers } from '../pods/pod-workers.js';
import { logPath, type PodPaths } from '../pods/setup/pod-paths.js';
import type { PodRuntime } from '../runtime/pod-runtime.js';
import { admission } from './caller.js';
import { loggedRun, podAt } from './container-target.js';
import { HttpFailure } from './http-failure.js';
import { logOptions } from './logs/cri-log.js';
import { readLog } from './logs/read-log.js';
import { beginSession } from './sessions/sessions.js';
import type { UsageStats } from './stats.js';

/** A node as its server answers for it. */
export interface ServedNode {
  readonly runtime: PodRuntime;
  readonly workers: PodWorkers;
  readonly stats: UsageStats;
  /** Undefined where containers are simulated: they leave no logs. */
  readonly paths?: PodPaths;
}

export interface NodeServerOptions {
  /** Holds ca.crt and the server's own certificate and key, `<name>.crt` and `<name>.key`. */
  readonly certificate: { readonly folder: string; readonly name: string };
  /** 0: any free port. */
  readonly port: number;
  readonly log: Logger;
  /** The node that a connection to this address of the machine is meant for; undefined: it is not there (any more). */
  nodeAt(address: string): ServedNode | undefined;
  /** What a POST of this path does; resolves with what to answer. */
  readonly commands?: Readonly<Record<string, (parameters: URLSearchParams) => Promise<string>>>;
}

type Route = (served: ServedNode, url: URL, response: ServerResponse, signal: AbortSignal) => Promise<void> | void;

/**
 * The server that the API server hands logs and sessions on to, on HTTPS with client certificates. Resolves with its port once it
 * listens; ends with the signal. @throws if the port is taken or the certificate cannot be read.
 */
export async function serveNode(options: NodeServerOptions, signal: AbortSignal): Promise<number> {
  const { certificate, log } = options;
  const file = (name: string): Buffer => readFileSync(join(certificate.folder, name));
  const server = createServer(
    {
      key: file(`${certificate.name}.key`),
      cert: file(`${certificate.name}.crt`),
      ca: file('ca.crt'),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => void answer(request, response, options, signal),
  );
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const { code, message } = admission(request);
    if (code !== 200) return refuse(socket, code, message);
    Promise.resolve()
      .then(() => beginSession(nodeOf(request, options), log, request, socket, head))
      .catch((error: unknown) => {
        log.info({ path: request.url, err: error }, 'a session was refused');
        refuse(
          socket,
          error instanceof HttpFailure ? error.code : 500,
          error instanceof Error ? error.message : String(error),
        );
      });
  });
  signal.addEventListener(
    'abort',
    () => {
      server.close();
      server.closeAllConnections();
    },
    { once: true },
  );
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, () => resolve()));
  return (server.address() as AddressInfo).port;
}

/** IPv4 addresses show as such, also on a socket of both versions. @throws HttpFailure 503 */
function nodeOf({ socket }: IncomingMessage, { nodeAt }: NodeServerOptions): ServedNode {
  const address = (socket.localAddress ?? '').replace(/^::ffff:/, '');
  const served = nodeAt(address);
  if (!served) throw new HttpFailure(503, `no node runs at ${address}`);
  return served;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: NodeServerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { log, commands } = options;
  try {
    const { code, message } = admission(request);
    if (code !== 200) throw new HttpFailure(code, message);
    const url = new URL(request.url ?? '/', 'https://node');
    const command = request.method === 'POST' ? commands?.[url.pathname] : undefined;
    if (command) return respond(response, 200, 'text/plain; charset=utf-8', await command(url.searchParams));
    const route = routes[url.pathname] ?? routes[`/${url.pathname.split('/')[1] ?? ''}/`];
    if (!route || request.method !== 'GET') throw new HttpFailure(404, '404 page not found');
    await route(nodeOf(request, options), url, response, signal);
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const code = error instanceof HttpFailure ? error.code : 500;
    if (code === 500) log.warn({ path: request.url, err: error }, 'a request failed');
    respond(response, code, 'text/plain; charset=utf-8', `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** By whole path, or by the first part of it where the path goes on. */
const routes: Readonly<Record<string, Route>> = {
  '/healthz': (_served, _url, response) => respond(response, 200, 'text/plain; charset=utf-8', 'ok'),
  '/metrics': async (_served, _url, response) => respond(response, 200, register.contentType, await register.metrics()),
  '/metrics/resource': async ({ stats }, _url, response) =>
    respond(response, 200, 'text/plain; version=0.0.4', await stats.resourceMetrics()),
  '/stats/summary': async ({ stats }, _url, response) =>
    respond(response, 200, 'application/json', JSON.stringify(await stats.summary())),
  '/pods': ({ workers }, _url, response) => {
    const items = workers.all().map(({ current, reported }) => ({ ...current, status: reported }));
    respond(
      response,
      200,
      'application/json',
      JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items }),
    );
  },
  '/containerLogs/': async ({ workers, paths }, url, response, signal) => {
    const [, , namespace = '', pod = '', container = ''] = url.pathname.split('/').map(decodeURIComponent);
    const options = logOptions(url.searchParams, Date.now());
    const run = loggedRun(workers, namespace, pod, container, options.previous);
    if (!paths) throw new HttpFailure(400, 'containers of a hollow node are simulated: they have no logs');
    const worker = podAt(workers, namespace, pod);
    const isOver = (): boolean => worker.lastObserved?.containers.find(({ id }) => id === run.id)?.state !== 'running';
    const path = join(paths.logs(namespace, pod, worker.current.metadata.uid), logPath(container, run.attempt));
    await access(path).catch(() => {
      throw new HttpFailure(404, `unable to retrieve container logs for ${containerId(run)}`);
    });
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    const text = readLog(path, options, isOver, AbortSignal.any([signal, ended.signal]));
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
    await pipeline(Readable.from(text, { objectMode: false }), response);
  },
};

const respond = (response: ServerResponse, code: number, type: string, text: string): void =>
  void response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

function refuse(socket: Duplex, code: number, message: string): void {
  if (socket.destroyed) return;
  const head = [
    `HTTP/1.1 ${code} ${reasons[code] ?? 'Internal Server Error'}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
    'Connection: close',
  ];
  // A client that keeps its side open must not keep ours.
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`, () => socket.destroy());
}
