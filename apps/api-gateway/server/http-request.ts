import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { badRequest, StatusError } from '@shiplog/domain';
import type { HttpExchange, IncomingRequest } from '../request/incoming-request.js';

const noQuery = new URLSearchParams();

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
    const { request } = this.http;
    if (Number(this.headers['content-length'] ?? 0) > limit) throw this.refused(limit);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > limit) throw this.refused(limit);
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof StatusError) throw error;
      throw badRequest('the body of the request ended early');
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }

  /** Lets the rest of the body go by unread: a client that is still writing would else see a broken connection instead of the answer. */
  private refused(limit: number): StatusError {
    this.http.request.resume();
    return tooBig(limit);
  }
}
