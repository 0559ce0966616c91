import { readFileSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Config {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

export interface ApiAnswer {
  readonly code: number;
  readonly text: string;
}

/** The API without a client in between, for tests of what goes over the wire. */
export interface Api {
  /** @throws Error if the connection fails */
  send(method: string, path: string, body?: string | Buffer, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** The answer as it comes, e.g. of a watch. */
  open(path: string, signal: AbortSignal): Promise<IncomingMessage>;
}

const pem = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** As the cluster's administrator, or `anonymously`. */
export function apiOf(home: string, anonymously = false): Api {
  const config = parse(readFileSync(join(home, 'kubeconfig'), 'utf8')) as Config;
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const identity = anonymously ? {} : { cert: pem(user['client-certificate-data']), key: pem(user['client-key-data']) };
  const agent = new Agent({ keepAlive: true, ca: pem(cluster['certificate-authority-data']), ...identity });
  const ask = (options: RequestOptions, path: string, body?: string | Buffer): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = request(new URL(path, cluster.server), { agent, timeout: 15_000, ...options }, resolve);
      sent.once('error', reject);
      sent.once('timeout', () => sent.destroy(new Error('no answer in 15 s')));
      sent.end(body);
    });
  return {
    send: async (method, path, body, headers = {}) => {
      const response = await ask({ method, headers: { 'content-type': 'application/json', ...headers } }, path, body);
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      return { code: response.statusCode ?? 0, text: Buffer.concat(parts).toString() };
    },
    open: (path, signal) => ask({ method: 'GET', signal, timeout: 0 }, path),
  };
}
