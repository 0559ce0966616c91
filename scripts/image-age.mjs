// Whether the image shiplog:local holds what stands in this checkout. Needs no dependency.
import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './toolchain.mjs';

/** What the Dockerfile copies; for node_modules the file that npm writes last. */
const sources = [
  'Dockerfile',
  '.dockerignore',
  'package.json',
  'node_modules/.package-lock.json',
  'images',
  'examples',
  'libs',
  'apps',
];

export async function isImageCurrent() {
  const { status, stdout } = spawnSync('docker', ['image', 'inspect', '--format', '{{.Created}}', 'shiplog:local'], {
    encoding: 'utf8',
  });
  if (status !== 0) return false;
  const newest = Math.max(...(await Promise.all(sources.map((path) => newestBelow(join(root, path))))));
  return newest < Date.parse(stdout.trim());
}

/** When the youngest file below a path was changed, in milliseconds since 1970; sources of what is built do not count. */
async function newestBelow(path) {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return path.endsWith('.ts') ? 0 : (found?.mtimeMs ?? 0);
  const below = await Promise.all((await readdir(path)).map((name) => newestBelow(join(path, name))));
  return Math.max(0, ...below);
}
