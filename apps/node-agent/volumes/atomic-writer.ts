import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface VolumeFile {
  readonly data: Buffer;
  readonly mode: number;
  readonly owner?: number;
}

/** Contents of a volume by path below it. */
export type VolumeFiles = ReadonlyMap<string, VolumeFile>;

/**
 * Makes the folder show exactly these files, all at once: a new folder is filled, then the link `..data` is switched to it, through
 * which every visible name goes. A reader sees the old contents or the new, never a mix. Does nothing if they are there already.
 */
export async function writeAtomically(folder: string, files: VolumeFiles, group: number | undefined): Promise<void> {
  const link = join(folder, '..data');
  const old = await readlink(link).catch(() => undefined);
  if (old !== undefined && (await holds(join(folder, old), files))) return;

  const name = `..${new Date()
    .toISOString()
    .replace(/[-:T]/g, '_')
    .replace(/\.(\d+)Z$/, '.$1')}${Math.floor(Math.random() * 1e6)}`;
  await mkdir(join(folder, name), { mode: 0o755 });
  if (group !== undefined) await chown(join(folder, name), -1, group).catch(ignoreUnchangeable);
  for (const [path, file] of files) await writeOne(join(folder, name), path, file, group);
  await symlink(name, `${link}_tmp`);
  await rename(`${link}_tmp`, link);

  const visible = new Set([...files.keys()].map((path) => path.split('/')[0] ?? path));
  for (const entry of visible) await symlink(join('..data', entry), join(folder, entry)).catch(ignoreExisting);
  for (const entry of await readdir(folder))
    if (!entry.startsWith('..') && !visible.has(entry)) await rm(join(folder, entry), { force: true });
  if (old !== undefined) await rm(join(folder, old), { recursive: true, force: true });
}

async function writeOne(
  folder: string,
  path: string,
  { data, mode, owner }: VolumeFile,
  group: number | undefined,
): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  await writeFile(file, data);
  if (group !== undefined || owner !== undefined) await chown(file, owner ?? 0, group ?? 0);
  // Members of the pod's file system group may always read.
  await chmod(file, group === undefined ? mode : mode | 0o440);
}

async function holds(folder: string, files: VolumeFiles): Promise<boolean> {
  const there = await filesBelow(folder).catch(() => []);
  if (there.length !== files.size) return false;
  for (const [path, { data }] of files) {
    const known = await readFile(join(folder, path)).catch(() => undefined);
    if (!known?.equals(data)) return false;
  }
  return true;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

const ignoreExisting = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

const ignoreUnchangeable = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPERM') throw error;
};

/** Whether something is there, links not followed. */
export const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
