import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createLogger } from '@shiplog/component-base';
import { serializeObject, type EventStore, type KubeObject, type ObjectKey } from '@shiplog/domain';
import { Registry as Metrics } from 'prom-client';
import { assembleGateway, clusterCache, type GatewayParts } from '../assemble-gateway.js';
import { GatewayConfiguration } from '../configuration.js';
import type { Gateway } from '../gateway.js';
import { gatewayRules } from '../gateway-rules.js';
import { handleRequest } from '../request-pipeline.js';
import { joined, type Answer, type HttpExchange, type IncomingRequest } from '../request/incoming-request.js';
import { RequestScope } from '../request/request-scope.js';
import { builtInResources } from '../rest/built-in-resources.js';
import { schemaCodec } from '../rest/schema-codec.js';

const administrator = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** The whole gateway but its server, over the log that is given; what is in the log already it takes in as it starts. */
export async function memoryGateway(store: EventStore, signal: AbortSignal): Promise<Gateway> {
  const pkiFolder = await keys();
  signal.addEventListener('abort', () => void rm(pkiFolder, { recursive: true }), { once: true });
  const parts: GatewayParts = {
    configuration: Object.assign(new GatewayConfiguration(), { pkiFolder }),
    logger: createLogger('test'),
    metrics: new Metrics(),
    store,
    snapshots: { snapshot: () => Promise.resolve(undefined) },
    past: { events: () => nothing(), objectsAt: absent, pageAt: absent },
    resources: builtInResources,
    codec: schemaCodec,
  };
  const cache = clusterCache(parts);
  await cache.start(signal);
  return assembleGateway(parts, cache, gatewayRules(parts, cache), () => []);
}

const absent = (): Promise<undefined> => Promise.resolve(undefined);

async function* nothing(): AsyncGenerator<never[]> {
  await Promise.resolve();
  yield [];
}

async function keys(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-gateway-'));
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  for (const file of ['ca.crt', 'apiserver-kubelet-client.crt', 'apiserver-kubelet-client.key'])
    await writeFile(join(folder, file), '');
  return folder;
}

/** Puts an object into the log as if it had been created. */
export function put(store: EventStore, key: ObjectKey, object: KubeObject): Promise<bigint> {
  const id = `${key.plural}/${key.namespace}/${key.name}`;
  const context = {
    ...{ id, source: 'test', time: new Date(0).toISOString(), subject: id, user: 'test', groups: [] },
    ...{ correlationId: id, verb: 'create', change: 'spec' as const },
  };
  return store.append({ type: 'created', key, body: serializeObject(object), context }, 0n);
}

export interface RequestOptions {
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly http?: HttpExchange;
}

/** One request of an administrator through the whole pipeline. */
export function request(
  gateway: Gateway,
  method: string,
  url: string,
  { body, contentType = 'application/json', http }: RequestOptions = {},
): Promise<Answer> {
  const [path = '', query = ''] = url.split('?');
  const bytes = Buffer.from(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
  const incoming: IncomingRequest = {
    ...{ method, path, query: new URLSearchParams(query), sourceIp: '', trustedUser: administrator },
    headers: body === undefined ? {} : { 'content-type': contentType },
    body: () => Promise.resolve(bytes),
    ...(http ? { http } : {}),
  };
  return handleRequest(new RequestScope(incoming), gateway);
}

/** A client's end of a watch: keeps the very frames that were written. */
export class WatchClient extends Writable {
  readonly frames: Buffer[] = [];
  private readonly headers = new Map<string, unknown>();
  /** Resolves when the watch is over. */
  over: Promise<void> = Promise.resolve();

  static async open(gateway: Gateway, url: string): Promise<WatchClient> {
    const client = new WatchClient();
    const http = { request: { headersDistinct: {}, socket: {} }, response: client } as unknown as HttpExchange;
    const answer = await request(gateway, 'GET', url, { http });
    if (!('stream' in answer)) throw new Error(`${url}: ${answer.code} ${joined(answer.body).toString()}`);
    client.over = answer.stream();
    return client;
  }

  setHeader(name: string, value: unknown): void {
    this.headers.set(name, value);
  }

  writeHead(): void {
    this.flushHeaders();
  }

  flushHeaders(): void {
    this.headers.clear();
  }

  override write(frame: Buffer): boolean {
    this.frames.push(frame);
    return true;
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}
