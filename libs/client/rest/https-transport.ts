import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { unavailable } from '@shiplog/domain';
import type { ApiAnswer, ApiRequest, ApiTransport } from './api-request.js';
import type { ClusterAccess } from './cluster-access.js';

const tokenLifeMs = 30_000;

/** A bearer token from a file, read again every half minute: the node rotates it in place. */
function tokenReader({ token, tokenFile }: ClusterAccess): () => Promise<string | undefined> {
  if (tokenFile === undefined) return () => Promise.resolve(token);
  let current: Promise<string> | undefined;
  let readAt = 0;
  return () => {
    if (!current || Date.now() - readAt > tokenLifeMs) {
      readAt = Date.now();
      current = readFile(tokenFile, 'utf8').then((text) => text.trim());
      current.catch(() => (current = undefined));
    }
    return current;
  };
}

/** Reads an answer to its end. Rejects if it breaks off. */
export function textOf(answer: IncomingMessage): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.once('end', () =>
    resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8')),
  );
  answer.once('error', reject);
  answer.once('close', () => {
    if (!answer.complete) reject(new Error('the answer broke off'));
  });
  return promise;
}

/** All its connections are to one server as one user: there is nothing to tell apart, request by request, by certificates and keys. */
class OneServerAgent extends HttpsAgent {
  override getName(): string {
    return '';
  }
}

function decoded(text: string, contentType: string | undefined): unknown {
  return contentType?.startsWith('application/json') && text !== '' ? JSON.parse(text) : text;
}

/** Requests over HTTP/1.1 on kept-alive connections, with the access's certificate or token. */
export class HttpsTransport implements ApiTransport {
  private readonly agent: HttpAgent;
  private readonly base: URL;
  /** Where every request goes. */
  private readonly server: Pick<RequestOptions, 'host' | 'port'>;
  private readonly pathPrefix: string;
  private readonly token: () => Promise<string | undefined>;

  constructor(
    private readonly access: ClusterAccess,
    private readonly userAgent: string,
  ) {
    this.base = new URL(access.server);
    const port = this.base.port || (this.base.protocol === 'http:' ? 80 : 443);
    this.server = { host: this.base.hostname.replace(/^\[|\]$/g, ''), port };
    this.pathPrefix = this.base.pathname.replace(/\/$/, '');
    this.token = tokenReader(access);
    const pool = { keepAlive: true, maxSockets: 64, scheduling: 'lifo' as const };
    this.agent =
      this.base.protocol === 'http:'
        ? new HttpAgent(pool)
        : new OneServerAgent({
            ...pool,
            ca: access.ca,
            cert: access.cert,
            key: access.key,
            rejectUnauthorized: !access.skipTlsVerify,
            ...(access.tlsServerName ? { servername: access.tlsServerName } : {}),
          });
  }

  async send(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    const answer = await this.open(request, signal);
    const text = await textOf(answer);
    return { code: answer.statusCode ?? 0, body: decoded(text, answer.headers['content-type']) };
  }

  /** Sends the request and resolves with the answer as it begins; its body is the caller's to read (watches, logs). */
  async open(request: ApiRequest, signal?: AbortSignal): Promise<IncomingMessage> {
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const token = await this.token();
    const actAs = request.actAs ?? this.access.actAs;
    const options: RequestOptions = {
      agent: this.agent,
      ...this.server,
      path: `${this.pathPrefix}${request.path}`,
      method: request.method,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': this.userAgent,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(actAs ? { 'impersonate-user': actAs } : {}),
        ...(actAs && request.actAsGroups ? { 'impersonate-group': [...request.actAsGroups] } : {}),
        ...(request.cause ? { 'shiplog-cause': request.cause } : {}),
        ...(body ? { 'content-type': request.contentType ?? 'application/json', 'content-length': body.length } : {}),
      },
    };
    try {
      return await this.exchange(options, body);
    } catch (error) {
      // A kept-alive connection that the server closed meanwhile: nothing was answered, a read may go again.
      if (request.method !== 'GET' || !isStaleConnection(error)) throw this.unreachable(error, signal);
      return this.exchange(options, body).catch((again: unknown) => Promise.reject(this.unreachable(again, signal)));
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.agent.destroy();
  }

  private exchange(options: RequestOptions, body: Buffer | undefined): Promise<IncomingMessage> {
    const request = this.base.protocol === 'http:' ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      request(options, resolve).once('error', reject).end(body);
    });
  }

  private unreachable(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    const why = error instanceof Error ? error.message || (error as { code?: string }).code : String(error);
    return Object.assign(unavailable(`no answer from ${this.access.server}: ${why}`), { cause: error });
  }
}

const isStaleConnection = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE'].includes(String((error as { code?: unknown }).code));
