import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { badRequest, StatusError } from '@shiplog/domain';
import type { HttpExchange, IncomingRequest } from '../request/incoming-request.js';

const noQuery = new URLSearchParams();

/** Of a body that is too big, this much is read and thrown away: a client that cannot finish sending does not hear the answer. */
const readAnyway = 32 * 1024 * 1024;

const tooBig = (limit: number): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

/** A request that came over HTTPS. */
export class HttpRequest implements IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly http: HttpExchange;

  constructor(request: IncomingMessage, response: ServerResponse, upgrade?: { socket: Duplex; head: Buffer }) {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    this.method = request.method ?? 'GET';
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.query = mark < 0 ? noQuery : new URLSearchParams(url.slice(mark + 1));
    this.headers = request.headers;
    this.http = { request, response, ...(upgrade ? { upgrade } : {}) };
  }

  get sourceIp(): string {
    return this.http.request.socket.remoteAddress ?? '';
  }

  /** TLS has verified the chain against the cluster's CA; an unverified certificate counts as none. */
  get clientCertificate(): Buffer | undefined {
    const socket = this.http.request.socket as TLSSocket;
    if (!socket.authorized) return undefined;
    return socket.getPeerCertificate()?.raw;
  }

  async body(limit: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of this.http.request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size <= limit) chunks.push(chunk);
        else if (size > limit + readAnyway) break;
      }
    } catch {
      throw badRequest('the body of the request ended early');
    }
    if (size > limit) throw tooBig(limit);
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }
}
