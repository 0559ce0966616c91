import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { badRequest, StatusError } from '@shiplog/domain';
import { tooManyRequests } from '../flow-control/refusals.js';
import type { HttpExchange, IncomingRequest } from '../request/incoming-request.js';

const noQuery = new URLSearchParams();

/** Of a body that is too big, this much is read and thrown away: a client that cannot finish sending does not hear the answer. */
const readAnyway = 32 * 1024 * 1024;

const tooBig = (limit: number): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

const nothing = (): void => undefined;

/** A request that came over HTTPS. */
export class HttpRequest implements IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly http: HttpExchange;
  private reading: Promise<Buffer> | undefined;

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
    return socket.getPeerX509Certificate()?.raw;
  }

  receive(limit: number, hasRoom: (bytes: number) => boolean): Promise<void> | undefined {
    const { 'content-length': length, 'transfer-encoding': encoding } = this.headers;
    const declared = Number(length ?? 0);
    if ((declared === 0 && encoding === undefined) || this.http.upgrade) return undefined;
    this.reading = this.read(limit, Math.min(declared, limit), hasRoom);
    return this.reading.then(nothing, nothing);
  }

  body(limit: number): Promise<Buffer> {
    this.reading ??= this.read(limit, 0, () => true);
    return this.reading;
  }

  /** Room for what the client has said is taken before, for what it has not as it comes. */
  private read(limit: number, declared: number, hasRoom: (bytes: number) => boolean): Promise<Buffer> {
    if (declared > 0 && !hasRoom(declared)) return Promise.reject(tooManyRequests());
    const { request } = this.http;
    const chunks: Buffer[] = [];
    let size = 0;
    let room = declared;
    let refused = false;
    // By its events: an iterator over them costs as much again as all else that is done to read a small body.
    return new Promise((resolve, reject) => {
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > room && size <= limit && !refused) {
          refused = !hasRoom(size - room);
          room = size;
        }
        if (size <= limit && !refused) chunks.push(chunk);
        else if (size > limit + readAnyway) {
          reject(tooBig(limit));
          request.destroy();
        }
      });
      request.on('end', () => {
        if (size > limit) reject(tooBig(limit));
        else if (refused) reject(tooManyRequests());
        else resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      });
      const endedEarly = (): void => {
        if (!request.readableEnded) reject(badRequest('the body of the request ended early'));
      };
      request.on('error', endedEarly);
      request.on('close', endedEarly);
    });
  }
}
