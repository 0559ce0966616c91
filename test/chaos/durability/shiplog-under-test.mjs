// A Shiplog of its own in a temporary home, whose nats-server and gateway can be killed: by the ids that its supervisor writes down.
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { existsSync } from 'node:fs';
import { node, root } from '../../../scripts/toolchain.mjs';

const run = promisify(execFile);
const cli = join(root, 'apps/cli/dist/main.js');

/** The supervisor waits longer after each failure in a row, up to half a minute: this starts the server again at once when it is killed. */
const restarter = (server) => `#!/bin/sh
[ "$1" = --version ] && exec '${server}' --version
stop() { kill -TERM "$child"; wait "$child"; exit 0; }
trap stop TERM
while :; do
  '${server}' "$@" &
  child=$!
  echo "$child" > "$(dirname "$0")/nats-server.pid"
  wait "$child"
  [ $? -eq 137 ] || exit 1
done
`;

export async function freePort() {
  const server = createServer();
  await new Promise((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

function findNatsServer() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), join(homedir(), '.cache/shiplog/bin')];
  const found = [...folders, join(homedir(), 'go/bin')].map((folder) => join(folder, 'nats-server')).find(existsSync);
  if (!found) throw new Error('no nats-server on this machine');
  return found;
}

export class ShiplogUnderTest {
  static async start() {
    const home = await mkdtemp(join(tmpdir(), 'shiplog-durability-'));
    const programs = join(home, 'programs');
    await mkdir(programs);
    await writeFile(join(programs, 'nats-server'), restarter(findNatsServer()));
    await chmod(join(programs, 'nats-server'), 0o755);
    const shiplog = new ShiplogUnderTest(home, await freePort());
    shiplog.env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
    try {
      await shiplog.command('up', ['--name', 'chaosdur', '--api-port', String(shiplog.port), ...minimal]);
      const pki = (file) => readFile(join(home, 'pki', file), 'utf8');
      shiplog.settings = JSON.parse(await readFile(join(home, 'cluster.json'), 'utf8'));
      shiplog.access = {
        port: shiplog.port,
        ca: await pki('ca.crt'),
        cert: await pki('admin.crt'),
        key: await pki('admin.key'),
      };
      return shiplog;
    } catch (error) {
      await shiplog.stop();
      throw error;
    }
  }

  constructor(home, port) {
    this.home = home;
    this.port = port;
  }

  /** Runs a command of the cluster; answers what it prints. @throws if it fails. */
  async command(name, args = []) {
    const all = [cli, name, '--home', this.home, ...args];
    const { stdout } = await run(node(), all, { env: this.env, timeout: 180_000, maxBuffer: 64 << 20 });
    return stdout;
  }

  /** What the change log of an object says to a user, newest first. */
  async history(object, namespace) {
    const options = ['--kubeconfig', join(this.home, 'kubeconfig'), '-n', namespace, '--limit', '100000', '-o', 'json'];
    const { stdout } = await run(node(), [cli, 'history', object, ...options], {
      timeout: 60_000,
      maxBuffer: 64 << 20,
    });
    return JSON.parse(stdout);
  }

  async #pidOf(name) {
    const { processes } = JSON.parse(await readFile(join(this.home, 'run/supervisor.json'), 'utf8'));
    return processes.find((one) => one.name === name)?.identity?.pid;
  }

  async natsPid() {
    return Number(await readFile(join(this.home, 'programs/nats-server.pid'), 'utf8'));
  }

  /** `withStarter`: as well what starts it again, so that the supervisor has to. */
  async killNats(withStarter = false) {
    const server = await this.natsPid();
    if (withStarter) process.kill(await this.#pidOf('nats-server'), 'SIGKILL');
    process.kill(server, 'SIGKILL');
    return server;
  }

  async killGateway() {
    process.kill(await this.#pidOf('api-gateway'), 'SIGKILL');
  }

  /** Waits until another nats-server than the killed one greets its clients. */
  async natsReady(killed) {
    for (let i = 0; i < 3_000; i++) {
      if ((await this.natsPid()) !== killed && (await greets(this.settings.natsPort))) return;
      await sleep(20);
    }
    throw new Error('nats-server has not come back within a minute');
  }

  /** Follows the system calls of nats-server into a file until it is stopped. */
  async trace(file) {
    const calls = 'trace=openat,close,write,writev,pwrite64,sendto,fsync,fdatasync';
    const args = ['-f', '-y', '-xx', '-s', '1048576', '-e', 'signal=none', '-e', calls, '-o', file];
    const tracer = spawn('strace', [...args, '-p', String(await this.natsPid())], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const over = new Promise((done, fail) => tracer.once('exit', done).once('error', fail));
    await Promise.race([new Promise((done) => tracer.stderr.once('data', done)), over]);
    tracer.stderr.resume();
    await sleep(300);
    return {
      stop: () => {
        tracer.kill('SIGINT');
        return over;
      },
    };
  }

  /** Ends it and leaves nothing behind, nor in the memory where nats-server stages batches. */
  async stop() {
    await this.command('reset').catch((error) => console.error(String(error)));
    await rm(this.home, { recursive: true, force: true });
  }
}

const minimal = ['--nodes', '0', '--without', 'scheduler,controller-manager', '--no-kubeconfig'];

/** The server sends its INFO first thing. */
function greets(port) {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const over = (answer) => {
      socket.destroy();
      done(answer);
    };
    socket.once('data', () => over(true));
    socket.once('error', () => over(false));
    socket.once('timeout', () => over(false));
    socket.once('close', () => over(false));
  });
}
