// A Shiplog of its own in a temporary home, whose nats-server and gateway can be killed, by the ids that its supervisor writes down, and whose
// log may lie on a disk that forgets what was not synced when its power is cut.
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { existsSync } from 'node:fs';
import { node, root } from '../../../scripts/toolchain.mjs';
import { ForgetfulDisk } from './forgetful-disk.mjs';

const run = promisify(execFile);
const cli = join(root, 'apps/cli/dist/main.js');

/**
 * The supervisor waits longer after each failure in a row, up to half a minute: this starts the server again at once when it is killed, unless
 * the file `hold` is there, and before that does what the supervisor does: `syncStreams`, and `stageInMemory` for the new server alone, since the kernel takes away
 * what is mounted on a folder of a disk that does not answer any more. `syncInterval` takes the place of the server's own; `stagesOnDisk` takes away the memory.
 */
const restarter = (server, { syncStreams, stageInMemory, folders, memory, syncInterval, stagesOnDisk }) => `#!/bin/sh
[ "$1" = --version ] && exec '${server}' --version
here=$(dirname "$0")
export streams=$here/../nats/jetstream/jetstream/'$G'/streams
export memory='${memory}'
${syncInterval ? `sed 's/sync_interval: always/sync_interval: ${syncInterval}/' "$2" > "$here/relaxed.conf" && set -- --config "$here/relaxed.conf"` : ''}
${stagesOnDisk ? `for staging in "$streams"/*/batches; do umount "$staging"; done` : ''}
serve() {
  ${stagesOnDisk ? 'false' : '[ -d "$memory" ]'} || exec "$@"
  mkdir -p -m 700 ${folders.map((folder) => `'${folder}'`).join(' ')}
  exec unshare --mount --propagation private sh -c '${stageInMemory}
exec "$@"' sh "$@"
}
stop() { kill -TERM "$child"; wait "$child"; exit 0; }
trap stop TERM
while :; do
  while [ -e "$here/hold" ]; do sleep 0.02; done
  ${syncStreams}
  serve '${server}' "$@" &
  child=$!
  echo "$child" > "$here/nats-server.pid"
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
  /** `disk`: { seed, names } of a forgetful one for the log; without, it lies in the temporary folder. */
  static async start({ disk, syncInterval, stagesOnDisk = false } = {}) {
    const home = await mkdtemp(join(tmpdir(), 'shiplog-durability-'));
    const programs = join(home, 'programs');
    await mkdir(programs);
    const { stageInMemory, stagingMemory, syncStreams } = await import('../../../apps/cli/dist/supervisor/nats.js');
    const { stagingFolders } = await import('@shiplog/event-store');
    const memory = stagingMemory({ home });
    const folders = stagingFolders(join(home, 'nats/jetstream'));
    const settings = { syncStreams, stageInMemory, folders, memory, syncInterval, stagesOnDisk };
    await writeFile(join(programs, 'nats-server'), restarter(findNatsServer(), settings));
    await chmod(join(programs, 'nats-server'), 0o755);
    const shiplog = new ShiplogUnderTest(home, await freePort(), memory);
    shiplog.env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
    try {
      if (disk) shiplog.disk = await ForgetfulDisk.mount(join(home, 'nats/jetstream'), disk);
      await shiplog.command('up', ['--name', 'chaosdur', '--api-port', String(shiplog.port), ...minimal]);
      const pki = (file) => readFile(join(home, 'pki', file), 'utf8');
      shiplog.settings = JSON.parse(await readFile(join(home, 'cluster.json'), 'utf8'));
      shiplog.access = {
        port: shiplog.port,
        ca: await pki('ca.crt'),
        cert: await pki('admin.crt'),
        key: await pki('admin.key'),
      };
      // A cluster that has rested since it was made: what is asked is what becomes of writes, not of its making.
      await shiplog.disk?.settle();
      return shiplog;
    } catch (error) {
      await shiplog.stop();
      throw error;
    }
  }

  constructor(home, port, stagingMemory) {
    this.home = home;
    this.port = port;
    this.stagingMemory = stagingMemory;
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

  /** Kills the server right after it has written something, before the sync: what it wrote is there, and not durable. */
  async killNatsAfter(writes) {
    const { server } = await this.#endServer(() => this.disk.pause(writes));
    await this.powerOn();
    return server;
  }

  /** The machine's disk and memory lose their power: what was not synced, the server, and what it has staged. The server is back after `powerOn`. */
  async cutPower(moment) {
    const ended = await this.#endServer(() => this.disk.cut(moment));
    await this.#emptyStagingMemory();
    return ended;
  }

  powerOn() {
    return rm(this.#hold);
  }

  /** The disk stops first, so that the server does nothing more that anybody could see. */
  async #endServer(stopDisk) {
    const loss = await stopDisk();
    const from = Date.now();
    await writeFile(this.#hold, '');
    const server = await this.natsPid();
    process.kill(server, 'SIGKILL');
    await this.disk.end();
    while (existsSync(`/proc/${server}`)) await sleep(5);
    await this.disk.on();
    return { server, loss, from };
  }

  get #hold() {
    return join(this.home, 'programs/hold');
  }

  async #emptyStagingMemory() {
    const memory = this.stagingMemory;
    for (const stream of existsSync(memory) ? await readdir(memory) : [])
      for (const batch of await readdir(join(memory, stream)))
        await rm(join(memory, stream, batch), { recursive: true });
  }

  /** How often nats-server has completed, from what it had staged, a batch that was cut off. */
  async batchesCompleted() {
    const log = await readFile(join(this.home, 'log/nats-server.log'), 'utf8');
    return log.split('Restoring partial batch write').length - 1;
  }

  async killGateway() {
    process.kill(await this.#pidOf('api-gateway'), 'SIGKILL');
  }

  /** Waits until another nats-server than the killed one has begun. */
  async natsStarted(killed) {
    for (let i = 0; i < 30_000; i++) {
      if ((await this.natsPid()) !== killed) return;
      await sleep(2);
    }
    throw new Error('nats-server has not been started again within a minute');
  }

  /** Waits until another nats-server than the killed one greets its clients. */
  async natsReady(killed) {
    await this.natsStarted(killed);
    for (let i = 0; i < 3_000; i++) {
      if (await greets(this.settings.natsPort)) return;
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
    if (this.disk) await this.command('down').catch((error) => console.error(String(error)));
    await this.disk?.unmount();
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
