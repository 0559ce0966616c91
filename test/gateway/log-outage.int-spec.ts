import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { eventually } from '@shiplog/testing';

/** What clients, probes and the log of a gateway say while nats-server is not there. */
jest.setTimeout(60_000);

const run = promisify(execFile);
const script = resolve(import.meta.dirname, '../dev/gateway.mjs');
const gateway = (command: string): Promise<unknown> => run('node', [script, command, folder], { timeout: 60_000 });

let folder: string;
let settings: { apiPort: number; healthPort: number; natsPort: number };

const pidOf = async (name: string): Promise<number> => Number(await readFile(join(folder, `${name}.pid`), 'utf8'));
const logOfGateway = (): string => readFileSync(join(folder, 'api-gateway.log'), 'utf8');

async function killNats(): Promise<void> {
  const losses = (): number => logOfGateway().split('nats-server is gone').length;
  const before = losses();
  process.kill(await pidOf('nats-server'), 'SIGKILL');
  await eventually(() => expect(losses()).toBe(before + 1));
}

async function startNats(): Promise<void> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), 'go/bin')];
  const program = folders.map((one) => join(one, 'nats-server')).find(existsSync) ?? 'nats-server';
  const child = spawn(program, ['-c', join(folder, 'nats.conf')], { detached: true, stdio: 'ignore' });
  child.unref();
  await writeFile(join(folder, 'nats-server.pid'), String(child.pid));
}

interface Reply {
  readonly code: number;
  readonly retryAfter?: string;
  readonly message?: string;
  readonly ms: number;
}

function call(method: string, path: string, body?: object): Promise<Reply> {
  const pki = (file: string): Buffer => readFileSync(join(folder, 'pki', file));
  const began = performance.now();
  const { promise, resolve: answered, reject } = Promise.withResolvers<Reply>();
  httpsRequest(
    {
      ...{ host: '127.0.0.1', port: settings.apiPort, method, path, agent: false },
      ...{ ca: pki('ca.crt'), cert: pki('admin.crt'), key: pki('admin.key') },
      headers: { 'content-type': 'application/json' },
    },
    async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const { message } = (text.startsWith('{') ? JSON.parse(text) : { message: text }) as { message?: string };
      const ms = performance.now() - began;
      answered({ code: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], message, ms });
    },
  )
    .on('error', reject)
    .end(body && JSON.stringify(body));
  return promise;
}

const health = async (path: string): Promise<{ code: number; text: string }> => {
  const answer = await fetch(`http://127.0.0.1:${settings.healthPort}${path}`);
  return { code: answer.status, text: await answer.text() };
};

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-outage-'));
  await gateway('up');
  settings = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as typeof settings;
});
afterAll(async () => {
  await gateway('down');
  await rm(folder, { recursive: true });
});

const requests: [string, string, string, object | undefined][] = [
  ['a get', 'GET', `${configMaps}/before`, undefined],
  ['a list', 'GET', configMaps, undefined],
  ['a watch', 'GET', `${configMaps}?watch=1&timeoutSeconds=5`, undefined],
  ['a create', 'POST', configMaps, configMap('during')],
  ['an update', 'PUT', `${configMaps}/before`, { ...configMap('before'), data: { a: 'b' } }],
  ['a delete of what is not there', 'DELETE', `${configMaps}/nothing`, undefined],
];

test('who asks as nats-server restarts waits for it', async () => {
  await killNats();
  const creating = call('POST', configMaps, configMap('before'));
  await sleep(500);
  await startNats();
  expect(await creating).toMatchObject({ code: 201 });
  expect(await call('GET', `${configMaps}/before`)).toMatchObject({ code: 200 });
});

describe('while nats-server stays away', () => {
  let pid: number;
  beforeAll(async () => {
    pid = await pidOf('api-gateway');
    await killNats();
    await sleep(3_000);
  });

  test.each(requests)('%s is told at once to come again', async (_, method, path, body) => {
    const reply = await call(method, path, body);
    expect(reply).toMatchObject({
      code: 503,
      retryAfter: '1',
      message: expect.stringMatching(/out of reach for \d+ s$/),
    });
    expect(reply.ms).toBeLessThan(1_500);
  });

  test('what the cache has is read on, where any state will do', async () => {
    expect(await call('GET', `${configMaps}/before?resourceVersion=0`)).toMatchObject({ code: 200 });
  });

  test('the gateway lives, and is not ready', async () => {
    expect(await health('/livez')).toMatchObject({ code: 200 });
    expect(await health('/readyz')).toMatchObject({
      code: 500,
      text: expect.stringMatching(/\[-\]log failed: .*out of reach/),
    });
  });

  test('it goes on by itself once nats-server is back, and nothing of what was refused was written', async () => {
    await startNats();
    await eventually(async () => expect(await health('/readyz')).toMatchObject({ code: 200 }));
    expect(await call('GET', `${configMaps}/during`)).toMatchObject({ code: 404 });
    expect(await call('POST', configMaps, configMap('after'))).toMatchObject({ code: 201 });
    expect(await pidOf('api-gateway')).toBe(pid);
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(logOfGateway()).toMatch(/"server":"127.0.0.1:\d+","seconds":[\d.]+,"msg":"nats-server is back"/);
  });
});

test('a gateway that starts first says what it waits for, and goes on when it is there', async () => {
  process.kill(await pidOf('nats-server'), 'SIGKILL');
  const restarted = gateway('restart');
  const waiting = `waiting for nats-server at 127.0.0.1:${settings.natsPort}`;
  await eventually(async () =>
    expect(await health('/readyz').catch(() => undefined)).toMatchObject({
      code: 500,
      text: expect.stringContaining(`[-]startup failed: ${waiting}`),
    }),
  );
  expect(await health('/livez')).toMatchObject({ code: 200 });
  await eventually(async () =>
    expect(logOfGateway()).toMatch(/"waitsFor":"nats-server at [^"]+","seconds":1[.\d]*,"msg":"not ready yet"/),
  );
  const pid = await pidOf('api-gateway');
  await startNats();
  await restarted;
  expect(await pidOf('api-gateway')).toBe(pid);
  expect(await call('GET', `${configMaps}/after`)).toMatchObject({ code: 200 });
});
