// A gateway of its own for trying things out: nats-server, keys and api-gateway in one folder, and a kubeconfig for it.
//   node test/dev/gateway.mjs up [FOLDER] [API PORT]    prints the kubeconfig's path; the processes go on in the background
//   node test/dev/gateway.mjs restart FOLDER            the gateway alone, with what has been built since
//   node test/dev/gateway.mjs down FOLDER
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { node, root, runScript } from '../../scripts/toolchain.mjs';

const built = (path) => import(pathToFileURL(join(root, path)).href);
const users = ['api-gateway', 'projector', 'scheduler', 'controller-manager'];

const freePort = () =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

function natsServer() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(homedir(), 'go/bin')];
  const found = folders.map((folder) => join(folder, 'nats-server')).find(existsSync);
  if (!found) throw new Error('no nats-server on PATH or in ~/go/bin');
  return found;
}

async function start(folder, name, command, args, env) {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  child.unref();
  await writeFile(join(folder, `${name}.pid`), String(child.pid));
  return child.pid;
}

async function stop(folder, name) {
  const pid = Number(await readFile(join(folder, `${name}.pid`), 'utf8').catch(() => '0'));
  const alive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  if (!pid || !alive()) return;
  process.kill(pid, 'SIGTERM');
  for (let i = 0; i < 50 && alive(); i++) await sleep(100);
  if (alive()) process.kill(pid, 'SIGKILL');
}

async function writeKeys(folder) {
  const { ensureClusterPki } = await built('apps/cli/dist/pki/cluster-pki.js');
  const nodes = ['node-1', 'node-2', 'node-3'].map((name) => ({ name, address: '127.0.0.1' }));
  await ensureClusterPki(join(folder, 'pki'), { apiAddresses: ['127.0.0.1'], nodes }, new Date());
  const keys = [{ id: 'key-1', secret: randomBytes(32).toString('base64') }];
  await writeFile(join(folder, 'key-ring.json'), JSON.stringify({ keys }), { mode: 0o600 });
}

async function writeKubeconfig(folder, port) {
  const base64 = async (file) => (await readFile(join(folder, 'pki', file))).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'dev',
    clusters: [
      {
        name: 'dev',
        cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': await base64('ca.crt') },
      },
    ],
    users: [
      {
        name: 'dev',
        user: { 'client-certificate-data': await base64('admin.crt'), 'client-key-data': await base64('admin.key') },
      },
    ],
    contexts: [{ name: 'dev', context: { cluster: 'dev', user: 'dev' } }],
  };
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(config, null, 2));
}

async function startGateway(folder, settings) {
  const env = {
    ...settings.env,
    SHIPLOG_NATS_USER: 'api-gateway',
    SHIPLOG_NATS_PASSWORD: settings.passwords['api-gateway'],
    SHIPLOG_LISTEN_ADDRESS: '127.0.0.1',
    SHIPLOG_LISTEN_PORT: String(settings.apiPort),
    SHIPLOG_HEALTH_PORT: String(settings.healthPort),
    SHIPLOG_ADVERTISE_ADDRESS: '127.0.0.1',
    ...(existsSync(join(folder, 'tokens.csv')) ? { SHIPLOG_TOKEN_FILE: join(folder, 'tokens.csv') } : {}),
  };
  const pid = await start(folder, 'api-gateway', node(), [join(root, 'apps/api-gateway/dist/main.js')], env);
  for (let i = 0; i < 600; i++) {
    await sleep(100);
    const answer = await fetch(`http://127.0.0.1:${settings.healthPort}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    try {
      process.kill(pid, 0);
    } catch {
      break;
    }
  }
  throw new Error(`the gateway is not ready; its log is ${join(folder, 'api-gateway.log')}`);
}

async function up(given, port) {
  runScript('scripts/build.mjs', [], { stdio: 'ignore' });
  const folder = given ? resolve(given) : await mkdtemp(join(tmpdir(), 'shiplog-dev-'));
  await mkdir(join(folder, 'pki'), { recursive: true });
  const file = join(folder, 'settings.json');
  if (!existsSync(file)) {
    const natsPort = await freePort();
    const passwords = Object.fromEntries(users.map((name) => [name, randomBytes(12).toString('hex')]));
    const env = {
      SHIPLOG_HOME: folder,
      SHIPLOG_NATS_URL: `nats://127.0.0.1:${natsPort}`,
      SHIPLOG_PKI_FOLDER: join(folder, 'pki'),
      SHIPLOG_KEY_RING_FILE: join(folder, 'key-ring.json'),
      ...(process.env.DATABASE_URL ? { DATABASE_URL: process.env.DATABASE_URL } : {}),
    };
    const apiPort = Number(port ?? (await freePort()));
    await writeFile(file, JSON.stringify({ natsPort, apiPort, healthPort: await freePort(), passwords, env }, null, 2));
    await writeKeys(folder);
    const { renderNatsConfiguration } = await built('libs/event-store/dist/index.js');
    const nats = renderNatsConfiguration({
      port: natsPort,
      storeFolder: join(folder, 'nats'),
      users: users.map((name) => ({ name, password: passwords[name] })),
    });
    await writeFile(join(folder, 'nats.conf'), nats);
    await writeKubeconfig(folder, apiPort);
  }
  const settings = JSON.parse(await readFile(file, 'utf8'));
  await start(folder, 'nats-server', natsServer(), ['--config', join(folder, 'nats.conf')], {});
  await startGateway(folder, settings);
  console.log(join(folder, 'kubeconfig'));
}

async function restart(folder) {
  runScript('scripts/build.mjs', [], { stdio: 'ignore' });
  await stop(folder, 'api-gateway');
  await startGateway(folder, JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8')));
}

async function down(folder) {
  for (const name of ['api-gateway', 'nats-server']) await stop(folder, name);
}

const [command, folder, port] = process.argv.slice(2);
const commands = {
  up: () => up(folder, port),
  restart: () => restart(resolve(folder)),
  down: () => down(resolve(folder)),
};
if (!commands[command]) throw new Error('usage: gateway.mjs up [FOLDER] [API PORT] | restart FOLDER | down FOLDER');
await commands[command]();
