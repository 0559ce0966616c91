import { copyFile, readdir, rename, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const largest = 32 * 1024 * 1024;
const kept = 3;

/**
 * Moves the text of each log that has grown too large to <name>.log.1, .2, … The file itself stays, for its process holds it
 * open for appending; lines written between the copy and the cut are lost.
 */
export async function rotateLogs(folder: string, limit = largest): Promise<string[]> {
  const rotated: string[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.log')) continue;
    const file = join(folder, name);
    if ((await stat(file)).size < limit) continue;
    for (let age = kept - 1; age >= 1; age--)
      await rename(`${file}.${age}`, `${file}.${age + 1}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    await copyFile(file, `${file}.1`);
    await truncate(file);
    rotated.push(name);
  }
  return rotated;
}
