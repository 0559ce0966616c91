import { Client, credentials } from '@grpc/grpc-js';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import type { Probe } from './process-spec.js';

const timeoutMs = 2_000;

/** Asks once. Resolves with undefined when ready, else with the reason why not. Never throws. */
export async function probeProcess(probe: Probe): Promise<string | undefined> {
  try {
    await ask(probe);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}

function ask(probe: Probe): Promise<void> {
  switch (probe.kind) {
    case 'http':
      return askHttp(`http://127.0.0.1:${probe.port}${probe.path}`);
    case 'nats':
      return askNats(probe.port);
    case 'postgres':
      return askPostgres(probe.url);
    case 'containerd':
      return askContainerd(probe.socket);
    case 'node-agent':
      return askNodeAgent(probe);
  }
}

async function askHttp(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(failedChecks(await response.text()) || `${url} answers ${response.status}`);
  await response.body?.cancel();
}

/** The failed lines of a verbose health answer. */
const failedChecks = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.startsWith('[-]'))
    .map((line) => line.slice(3))
    .join('; ');

/** A NATS server greets with INFO. */
const askNats = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs });
    socket.once('data', (data) => {
      socket.destroy();
      if (data.toString('latin1').startsWith('INFO ')) resolve();
      else reject(new Error(`port ${port} is not a NATS server`));
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)));
  });

async function askPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

/** The gRPC health check; SERVING is the message { 1: 1 }. */
const askContainerd = (socket: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new Client(`unix://${socket}`, credentials.createInsecure());
    const bytes = (buffer: Buffer): Buffer => buffer;
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      bytes,
      bytes,
      Buffer.alloc(0),
      { deadline: Date.now() + timeoutMs },
      (error, answer) => {
        client.close();
        if (error) reject(new Error(error.details));
        else if (answer?.[1] !== 1) reject(new Error('not serving'));
        else resolve();
      },
    );
  });

async function askNodeAgent({ address, port, pki }: Extract<Probe, { kind: 'node-agent' }>): Promise<void> {
  const client = 'apiserver-kubelet-client';
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', `${client}.crt`, `${client}.key`].map((name) => readFile(join(pki, name))),
  );
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const options = { host: address, port, path: '/healthz', ca, cert, key, agent: false, timeout: timeoutMs };
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    asked.once('error', reject).end();
  });
  if (status !== 200) throw new Error(`https://${address}:${port}/healthz answers ${status}`);
}
