import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mounts memory at the folder, unless something is mounted there already. `size` in bytes; undefined: half of the machine's. */
export async function mountMemory(folder: string, size?: number): Promise<void> {
  if ((await mountPoints()).includes(folder)) return;
  const options = ['mode=1777', ...(size === undefined ? [] : [`size=${Math.ceil(size)}`])];
  await run('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', folder]);
}

/** Unmounts all that is mounted at the folder or below, the innermost first. */
export async function unmountBelow(folder: string): Promise<void> {
  const points = (await mountPoints()).filter((point) => point === folder || point.startsWith(`${folder}/`));
  for (const point of points.toSorted((a, b) => b.length - a.length)) await run('umount', ['-l', point]);
}

async function mountPoints(): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  return lines.map((line) => unescaped(line.split(' ')[1] ?? ''));
}

/** /proc/mounts writes spaces and the like as octal numbers. */
const unescaped = (path: string): string =>
  path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
