import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderNatsConfiguration, type NatsUserSettings } from '@shiplog/event-store';

/** A nats-server of a test's own, configured as the shipped one. */
export interface RunningNats {
  readonly url: string;
  /** Ends it as a power cut would (kill -9), leaving its files. */
  kill(): Promise<void>;
  /** Stops it in its tracks, as a machine that hangs: connections stay, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Starts it again on its files, at the same address. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The path of a program on PATH or among those that Go installed. */
function programPath(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), 'go', 'bin')];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is neither on PATH nor in ~/go/bin: the tests that need a real one cannot run`);
  return found;
}

/** A test that crashes leaves no server behind. */
export function endWithUs(child: ChildProcess, signal: NodeJS.Signals): void {
  const end = (): void => void child.kill(signal);
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** Starts a nats-server on a free port, its files in a new folder. */
export async function startNats(options: { users?: readonly NatsUserSettings[] } = {}): Promise<RunningNats> {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-nats-'));
  const port = await freePort();
  const file = join(folder, 'nats-server.conf');
  await writeFile(
    file,
    renderNatsConfiguration({ port, storeFolder: join(folder, 'jetstream'), users: options.users ?? [] }),
  );
  let running: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  };
  const start = async (): Promise<void> => {
    const output: Buffer[] = [];
    running = spawn(programPath('nats-server'), ['-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    endWithUs(running, 'SIGKILL');
    running.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
    running.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
    await untilListening(port, () => {
      if (running?.exitCode !== null) throw new Error(`nats-server ended at once:\n${Buffer.concat(output)}`);
    });
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    start,
    kill: () => end('SIGKILL'),
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
    stop: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number, check: () => void): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    check();
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(25);
  }
  throw new Error(`nothing listens on port ${port}`);
}
