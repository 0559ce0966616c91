import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { internalError, type StatusError } from '@shiplog/domain';
import type { Answer, HttpExchange } from '../../request/incoming-request.js';
import type { RequestContext } from '../../request/request-context.js';
import { requestHeaders, responseHeaders } from './forwarded-headers.js';

/** Where a request goes on to. */
export interface Backend {
  readonly url: URL;
  readonly agent?: Agent;
  /** Accept any certificate: what runs in pods has none of ours. */
  readonly insecure?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes what the client sees of the backend's headers. */
  readonly rewrite?: (headers: IncomingMessage['headers']) => IncomingMessage['headers'];
  /** Looks at the answer before the client does. @throws StatusError to answer that instead */
  readonly check?: (response: IncomingMessage) => Promise<void>;
  /** What to answer when the backend cannot be reached. */
  readonly unreachable: (reason: string) => StatusError;
}

type Outcome =
  | { readonly kind: 'response'; readonly response: IncomingMessage }
  | { readonly kind: 'upgrade'; readonly response: IncomingMessage; readonly socket: Duplex; readonly head: Buffer };

/**
 * Hands a request on to a backend and the answer back, both as streams; an upgraded connection (WebSocket, SPDY) both ways until
 * either side closes it. @throws StatusError if the backend cannot be reached
 */
export async function forward({ incoming, signal }: RequestContext, backend: Backend): Promise<Answer> {
  const exchange = incoming.http;
  if (exchange === undefined) throw internalError('this request needs a connection of its own');
  const upgrades = exchange.upgrade !== undefined;
  const outgoing = open(exchange, incoming.method, backend, upgrades);
  signal.addEventListener('abort', () => outgoing.destroy(), { once: true });
  const outcome = await answered(outgoing, backend);
  if (outcome.kind === 'upgrade') return { stream: () => join(exchange, outcome, signal) };
  await backend.check?.(outcome.response);
  return { stream: () => copy(exchange, outcome.response, backend) };
}

function open({ request }: HttpExchange, method: string, backend: Backend, upgrades: boolean): ClientRequest {
  const { url, agent, insecure, headers } = backend;
  const options = {
    method,
    headers: { ...requestHeaders(request.headers, url, upgrades), ...headers },
    ...(agent && !upgrades ? { agent } : {}),
  };
  // An agent keeps a path of its own among its options, which would win over the URL's.
  const { path: _agentPath, ...tls } = upgrades && agent ? agent.options : {};
  const outgoing =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...tls, ...options, ...(insecure ? { rejectUnauthorized: false } : {}) })
      : httpRequest(url, options);
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  if (upgrades || !hasBody) outgoing.end();
  else request.pipe(outgoing);
  return outgoing;
}

const answered = (outgoing: ClientRequest, { unreachable }: Backend): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    outgoing.once('error', (error) => reject(unreachable(error.message)));
    outgoing.once('response', (response) => resolve({ kind: 'response', response }));
    outgoing.once('upgrade', (response, socket, head) => resolve({ kind: 'upgrade', response, socket, head }));
  });

async function copy({ response }: HttpExchange, from: IncomingMessage, { rewrite }: Backend): Promise<void> {
  response.writeHead(from.statusCode ?? 502, responseHeaders(rewrite?.(from.headers) ?? from.headers));
  response.flushHeaders();
  try {
    await pipeline(from, response);
  } catch {
    // One side is gone in the middle of the answer: all there is to do is to let the other know.
    response.destroy();
  }
}

/** Both directions of an upgraded connection, until either side closes. */
async function join(
  { upgrade }: HttpExchange,
  outcome: Outcome & { kind: 'upgrade' },
  signal: AbortSignal,
): Promise<void> {
  const { response, socket: backend, head } = outcome;
  const client = upgrade?.socket;
  if (client === undefined) return;
  const end = (): void => {
    client.destroy();
    backend.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  client.write(switchingProtocols(response));
  if (head.length > 0) client.write(head);
  if (upgrade && upgrade.head.length > 0) backend.write(upgrade.head);
  // Closing in the middle is how these connections end; it is no fault.
  await Promise.allSettled([pipeline(client, backend), pipeline(backend, client)]);
  end();
}

function switchingProtocols({ rawHeaders, statusMessage }: IncomingMessage): string {
  const lines = [`HTTP/1.1 101 ${statusMessage || 'Switching Protocols'}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
