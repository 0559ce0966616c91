import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { StreamOptions } from '../../runtime/pod-runtime.js';
import type { Logger } from '@shiplog/component-base';
import type { ServedNode } from '../node-server.js';
import { readySandbox, runningContainer } from '../container-target.js';
import { HttpFailure } from '../http-failure.js';
import { proxySpdy } from './raw-proxy.js';
import { acceptWebSocket, chosenProtocol } from './web-socket-accept.js';
import { runOverWebSocket } from './web-socket-command.js';
import { forwardOverWebSocket, tunnelSpdy } from './web-socket-ports.js';

/** What a session is about, and how it runs once a client that speaks WebSocket is there. */
interface Session {
  readonly target: URL;
  readonly protocols: readonly string[];
  run(webSocket: WebSocket, protocol: string): Promise<void>;
}

const commandProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io';
const portProtocols = [tunnelProtocol, 'v4.channel.k8s.io', 'portforward.k8s.io'];

/**
 * Begins the session that the path names: exec, attach (…/namespace/pod/container) or portForward (…/namespace/pod).
 * @throws HttpFailure before anything was upgraded
 */
export async function beginSession(
  served: ServedNode,
  log: Logger,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://node');
  const session = await sessionAt(served, url);
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return proxySpdy(request, socket, head, session.target);
  const protocol = chosenProtocol(request, session.protocols);
  acceptWebSocket(request, socket, head, protocol, (webSocket) => {
    webSocket.on('error', () => webSocket.terminate());
    session.run(webSocket, protocol).catch((error: unknown) => {
      log.warn({ err: error, path: url.pathname }, 'a session failed');
      webSocket.close(1011, (error instanceof Error ? error.message : String(error)).slice(0, 120));
    });
  });
}

async function sessionAt({ workers, runtime }: ServedNode, url: URL): Promise<Session> {
  const [, kind, namespace = '', pod = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  // The pod's uid may come before the container.
  const container = rest.at(-1) ?? '';
  const { searchParams: query } = url;
  const command = (target: URL, wanted: StreamOptions): Session => ({
    target,
    protocols: commandProtocols,
    run: (webSocket) => runOverWebSocket(webSocket, target, wanted),
  });
  switch (kind) {
    case 'exec': {
      const { id } = runningContainer(workers, namespace, pod, container);
      const wanted = streamsOf(query);
      return command(await runtime.execUrl(id, query.getAll('command'), wanted), wanted);
    }
    case 'attach': {
      const { id } = runningContainer(workers, namespace, pod, container);
      const wanted = streamsOf(query);
      return command(await runtime.attachUrl(id, wanted), wanted);
    }
    case 'portForward': {
      const target = await runtime.portForwardUrl(readySandbox(workers, namespace, pod));
      const ports = query
        .getAll('port')
        .flatMap((list) => list.split(','))
        .map(Number);
      const run = (webSocket: WebSocket, protocol: string): Promise<void> =>
        protocol === tunnelProtocol ? tunnelSpdy(webSocket, target) : forwardOverWebSocket(webSocket, target, ports);
      return { target, protocols: portProtocols, run };
    }
    default:
      throw new HttpFailure(404, '404 page not found');
  }
}

/** With a terminal there is one output only. @throws HttpFailure 400 if no stream is asked for */
function streamsOf(query: URLSearchParams): StreamOptions {
  const isSet = (name: string): boolean => ['1', 'true'].includes(query.get(name) ?? '');
  const tty = isSet('tty');
  const streams = { stdin: isSet('input'), stdout: isSet('output'), stderr: isSet('error') && !tty, tty };
  if (!streams.stdin && !streams.stdout && !streams.stderr)
    throw new HttpFailure(400, 'you must specify at least 1 of stdin, stdout, stderr');
  return streams;
}
