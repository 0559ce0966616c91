import { ServerResponse, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { Slots } from '@shiplog/component-base';
import type { Gateway } from '../gateway.js';
import { handleRequest } from '../request-pipeline.js';
import { clientIsGone, serverStops } from '../request/broken-off.js';
import { joined, type Answer, type BodyParts } from '../request/incoming-request.js';
import { RequestScope } from '../request/request-scope.js';
import { boundConnections, handshakeTimeoutMs } from './connection-gate.js';
import { Doors } from './doors.js';
import { HttpRequest } from './http-request.js';
import { refuseUnreadable } from './unreadable-request.js';

export interface ServingCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** Issuer of client certificates. */
  readonly ca: Buffer;
}

const connectionIdleMs = 180_000;
/** As upstream's default time for a request. */
const requestTimeoutMs = 60_000;
const idleCheckMs = 20;
const maxHeaderSize = 64 * 1024;

/** The API over HTTPS: HTTP/1.1 on a thin path, client certificates asked for but not demanded. */
export class ApiServer {
  private readonly server: Server;
  private readonly doors: Doors;
  private readonly open = new Slots<RequestScope>();

  constructor(
    private readonly gateway: Gateway,
    certificate: ServingCertificate,
  ) {
    this.server = createServer({
      ...certificate,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      // The client knows what its processor is quick with; OpenSSL's own order begins with AES-256.
      honorCipherOrder: false,
      keepAliveTimeout: connectionIdleMs,
      requestTimeout: requestTimeoutMs,
      handshakeTimeout: handshakeTimeoutMs,
      maxHeaderSize,
    });
    this.doors = new Doors(this.server);
    boundConnections(this.server, (reason) => gateway.logger.debug({ reason }, 'connection dropped'));
    this.server.on('request', (request, response) => void this.answer(request, response));
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('clientError', refuseUnreadable);
    this.server.on('tlsClientError', (error) => gateway.logger.debug({ error: error.message }, 'TLS handshake failed'));
  }

  listen(port: number, address: string): Promise<number> {
    return this.doors.open(port, address);
  }

  /** Takes no new connection, ends the watches, and gives requests in flight a moment. */
  async close(graceMs = 3_000): Promise<void> {
    const closed = this.doors.close();
    for (const scope of this.open) scope.abort(serverStops());
    const idle = setInterval(() => this.server.closeIdleConnections(), idleCheckMs);
    const grace = setTimeout(() => this.server.closeAllConnections(), graceMs);
    await closed;
    clearInterval(idle);
    clearTimeout(grace);
  }

  /** The answer is written on a response bound to the raw connection, unless a handler takes the connection over. */
  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new ServerResponse(request);
    response.assignSocket(request.socket);
    response.shouldKeepAlive = false;
    response.on('finish', () => socket.end());
    socket.on('error', (error) => this.gateway.logger.debug({ error: error.message }, 'upgraded connection failed'));
    void this.answer(request, response, { socket, head });
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    upgrade?: { socket: Duplex; head: Buffer },
  ): Promise<void> {
    const scope = new RequestScope(new HttpRequest(request, response, upgrade));
    const slot = this.open.add(scope);
    response.once('close', () => {
      this.open.remove(slot);
      if (!response.writableFinished) scope.abort(clientIsGone());
    });
    try {
      const answer = await handleRequest(scope, this.gateway);
      response.setHeader('audit-id', scope.auditId);
      if ('stream' in answer) await answer.stream();
      else {
        write(response, answer, scope);
        const { memory } = this.gateway;
        memory.answers.sending(response, scope.user.name, answer.body, performance.now());
      }
    } catch (error) {
      this.gateway.logger.error(
        { auditId: scope.auditId, error: error instanceof Error ? error.stack : String(error) },
        'request broke off',
      );
      response.destroy();
    }
  }
}

/** Header values are printable ASCII. */
const warningHeader = (text: string): string => `299 - ${JSON.stringify(text.replaceAll(/[^ -~]/g, ' '))}`;

function write(
  response: ServerResponse,
  { code, headers, body }: Extract<Answer, { code: number }>,
  scope: RequestScope,
): void {
  if (response.destroyed || response.headersSent) return;
  if (scope.warnings.length > 0) response.setHeader('warning', [...new Set(scope.warnings)].map(warningHeader));
  response.setHeader('cache-control', 'no-cache, private');
  response.writeHead(code, {
    ...headers,
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.length,
  });
  if (scope.incoming.method === 'HEAD') response.end();
  else if (typeof body === 'object' && 'parts' in body) writeParts(response, body);
  else response.end(body);
}

/** From this size on parts are sent as they come: what is written in one go is copied together to be encrypted. */
const manyParts = 128 * 1024;

/** Each part when the connection has taken the one before, so that a client holds no more of a large answer than one part. */
function writeParts(response: ServerResponse, body: BodyParts): void {
  if (body.length < manyParts) {
    response.end(joined(body));
    return;
  }
  const parts = body.parts[Symbol.iterator]();
  const next = (error?: Error | null): void => {
    if (error) return;
    const { value, done } = parts.next();
    if (done) response.end();
    else response.write(value, next);
  };
  const { value: first } = parts.next() as IteratorYieldResult<Uint8Array>;
  response.write(first);
  // With the head of the answer in the same tick the second part would be copied to be written with it.
  setImmediate(next);
}
