import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { HttpFailure } from '../http-failure.js';

const header = 'sec-websocket-protocol';
const maxMessage = 16 * 1024 * 1024;

/** The first protocol of ours that the client offers. @throws HttpFailure 400 if there is none */
export function chosenProtocol({ headers }: IncomingMessage, ours: readonly string[]): string {
  const offered = (headers[header] ?? '').split(',').map((name) => name.trim());
  const chosen = ours.find((name) => offered.includes(name));
  if (chosen === undefined)
    throw new HttpFailure(
      400,
      `none of the protocols ${offered.join(', ')} is spoken here; there are: ${ours.join(', ')}`,
    );
  return chosen;
}

/**
 * Completes the handshake with this protocol. Done past the library, which refuses names with a slash in them, as
 * `SPDY/3.1+portforward.k8s.io` has.
 */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
  onOpen: (webSocket: WebSocket) => void,
): void {
  const { [header]: _offered, ...headers } = request.headers;
  request.headers = headers;
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessage });
  server.once('headers', (lines) => lines.push(`Sec-WebSocket-Protocol: ${protocol}`));
  server.handleUpgrade(request, socket, head, onOpen);
}
