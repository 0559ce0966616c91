import { mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, isMissing, replaceFile } from '../cluster/write-file.js';
import {
  currentContext,
  hasContext,
  mergeKubeconfig,
  withCurrentContext,
  withoutEntry,
  type KubeconfigEntry,
} from './kubeconfig.js';

const read = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });

/** The files that kubectl reads, in its order: those of $KUBECONFIG, else ~/.kube/config. */
export function kubeconfigFiles(env: Record<string, string | undefined> = process.env): string[] {
  const given = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return given.length > 0 ? [...new Set(given)] : [join(env['HOME'] || homedir(), '.kube', 'config')];
}

/** Adds or renews the entry where kubectl would write it, and switches to its context. Returns the file. */
export async function addToKubeconfig(entry: KubeconfigEntry, files = kubeconfigFiles()): Promise<string> {
  const target = await fileFor(files, (content) => hasContext(content, entry.name));
  await editKubeconfig(target, (content) => mergeKubeconfig(content, entry));
  // kubectl takes the first current-context it finds, so that is the one to change.
  const switching = await fileFor(files, (content) => currentContext(content) !== undefined);
  await editKubeconfig(switching, (content) => withCurrentContext(content, entry.name));
  return target;
}

export async function removeFromKubeconfig(name: string, files = kubeconfigFiles()): Promise<void> {
  for (const file of files) {
    const content = await read(file);
    if (understood(file, () => hasContext(content, name)))
      await editKubeconfig(file, (text) => withoutEntry(text, name));
  }
}

/** The first file for which `holds` is true; else the first that exists; else the last, as kubectl chooses. */
async function fileFor(files: readonly string[], holds: (content: string) => boolean): Promise<string> {
  const contents = await Promise.all(files.map(async (file) => ({ file, content: await read(file) })));
  const found =
    contents.find(({ file, content }) => understood(file, () => holds(content))) ??
    contents.find(({ content }) => content !== '');
  return found?.file ?? files.at(-1) ?? '';
}

/** Reads, changes and replaces one kubeconfig under the lock that kubectl honours too. A link stays a link. */
export async function editKubeconfig(path: string, change: (content: string) => string): Promise<void> {
  const file = await realpath(path).catch(() => path);
  const unlock = await lock(file);
  try {
    const [before, mode] = [await read(file), ((await stat(file).catch(() => undefined))?.mode ?? 0o600) & 0o777];
    const after = understood(path, () => change(before));
    if (after !== before) await replaceFile(file, after, mode);
  } finally {
    await unlock();
  }
}

/** What `read` makes of a file. @throws naming the file, which then stays as it is. */
function understood<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`kubeconfig ${file} was left as it is: ${why}`, { cause: error });
  }
}

async function lock(file: string): Promise<() => Promise<void>> {
  const path = `${file}.lock`;
  for (let waited = 0; ; waited += 100) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await (await open(path, 'wx', 0o600)).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (waited >= 10_000)
        throw new Error(`kubeconfig ${file} is locked by ${path}; remove that file if no kubectl is running`, {
          cause: error,
        });
      await sleep(100);
    }
  }
}
