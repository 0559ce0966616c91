import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster/cluster.js';
import { installedPrograms, type Programs } from './programs.js';

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

const run = promisify(execFile);
const database = 'shiplog';
/** nobody and nogroup on every distribution. */
export const unprivileged = 65534;

export const databaseUrl = ({ settings }: Cluster): string =>
  settings.databaseUrl ??
  `postgres://shiplog:${settings.postgresPassword}@${settings.hosts?.postgres ?? '127.0.0.1'}:${settings.postgresPort}/${database}`;

const plain = (program: string, dataFolder: string, args: readonly string[], installed: Programs): Command => ({
  command: 'env',
  args: [`PGDATA=${dataFolder}`, join(installed.postgresFolder(), 'bin', program), ...args],
});

/**
 * A command that runs one of PostgreSQL's programs as an unprivileged user, which it demands. The user may not be able to walk to
 * the folders (root's home is closed), so root shows it both in a mount namespace of its own.
 */
function asUnprivileged(program: string, dataFolder: string, args: readonly string[], installed: Programs): Command {
  const programs = installed.postgresFolder();
  if (process.getuid?.() !== 0) return plain(program, dataFolder, args, installed);
  const script = [
    'mount -t tmpfs -o mode=755,size=1m shiplog-postgres /mnt',
    'mkdir /mnt/programs /mnt/data',
    'mount --bind "$1" /mnt/programs',
    'mount --bind "$2" /mnt/data',
    'cd /mnt/data',
    'program=$3; shift 3',
    `exec setpriv --reuid=${unprivileged} --regid=${unprivileged} --clear-groups --inh-caps=-all -- env PGDATA=/mnt/data "/mnt/programs/bin/$program" "$@"`,
  ].join(' && ');
  return {
    command: installed.path('unshare'),
    args: ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', programs, dataFolder, program, ...args],
  };
}

/** Makes the database cluster on first use; afterwards does nothing. What a broken-off first use left is cleared away. */
export async function preparePostgres({ paths, settings }: Cluster): Promise<void> {
  if (existsSync(join(paths.postgres, 'shiplog-ready'))) return;
  await mkdir(paths.postgres, { recursive: true, mode: 0o700 });
  await Promise.all((await readdir(paths.postgres)).map((name) => rm(join(paths.postgres, name), { recursive: true })));
  await chmod(paths.postgres, 0o700);
  if (process.getuid?.() === 0) await chown(paths.postgres, unprivileged, unprivileged);

  const options = ['--username=shiplog', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const { command, args } = asUnprivileged('initdb', paths.postgres, options, installedPrograms);
  await run(command, args, { env: environment() });
  const single = asUnprivileged('postgres', paths.postgres, ['--single', 'postgres'], installedPrograms);
  await feed(single, `ALTER USER shiplog PASSWORD '${settings.postgresPassword}'\nCREATE DATABASE ${database}\n`);
  await writeFile(
    join(paths.postgres, 'pg_hba.conf'),
    `# Written by Shiplog.\nhost all all ${settings.hosts ? 'samenet' : '127.0.0.1/32'} scram-sha-256\n`,
  );
  await writeFile(join(paths.postgres, 'shiplog-ready'), '');
}

/** Runs a command with this text as its input. PostgreSQL's single-user mode is one statement a line. */
async function feed({ command, args }: Command, input: string): Promise<void> {
  const running = run(command, args, { env: environment() });
  running.child.stdin?.end(input);
  const { stderr } = await running;
  if (/ERROR|FATAL/.test(stderr)) throw new Error(`PostgreSQL could not be set up: ${stderr.trim()}`);
}

/** The command that runs the server in the foreground. */
export function postgresCommand({ paths, settings }: Cluster, programs: Programs): Command {
  const options = {
    listen_addresses: settings.hosts ? '*' : '127.0.0.1',
    port: settings.postgresPort,
    unix_socket_directories: '',
    max_connections: 60,
    // What 100,000 objects that change at random touch of tables and indexes stays in it.
    shared_buffers: '256MB',
    log_checkpoints: 'off',
  };
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // A container runs it as an unprivileged user already.
  return settings.hosts
    ? plain('postgres', paths.postgres, args, programs)
    : asUnprivileged('postgres', paths.postgres, args, programs);
}

export const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C',
  TZ: 'UTC',
});
