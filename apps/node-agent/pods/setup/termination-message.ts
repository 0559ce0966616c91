import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObservedContainer } from '../../runtime/pod-runtime.js';
import { containersOf, type StoredPod } from '../pod.js';
import { logPath, type PodPaths } from './pod-paths.js';

const maxMessage = 4096;
const maxLogMessage = 2048;
const maxLogLines = 80;

/** The last words of a run: what it wrote to its termination log, else, if it asked for that and failed, the end of its output. */
export async function terminationMessage(
  paths: PodPaths,
  pod: StoredPod,
  run: ObservedContainer,
): Promise<string | undefined> {
  const { uid, namespace, name } = pod.metadata;
  const written = await tail(paths.terminationLog(uid, run.name, run.attempt), maxMessage, 'head');
  if (written) return written;
  const spec = containersOf(pod).find((container) => container.spec.name === run.name)?.spec;
  if (spec?.terminationMessagePolicy !== 'FallbackToLogsOnError' || run.exitCode === 0) return undefined;
  const log = await tail(join(paths.logs(namespace, name, uid), logPath(run.name, run.attempt)), 64 * 1024, 'tail');
  return lastLines(log ?? '') || undefined;
}

/** The texts of the last lines of a CRI log, without time and stream. Pure. */
export const lastLines = (log: string): string =>
  log
    .split('\n')
    .filter((line) => line !== '')
    .slice(-maxLogLines)
    .map((line) => {
      const [, , tag = 'F', ...text] = line.split(' ');
      return text.join(' ') + (tag.startsWith('P') ? '' : '\n');
    })
    .join('')
    .slice(-maxLogMessage);

async function tail(path: string, limit: number, from: 'head' | 'tail'): Promise<string | undefined> {
  try {
    if (from === 'head') return (await readFile(path)).subarray(0, limit).toString('utf8');
    await using file = await open(path);
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(limit, size)),
      0,
      Math.min(limit, size),
      Math.max(0, size - limit),
    );
    return buffer.subarray(0, bytesRead).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
