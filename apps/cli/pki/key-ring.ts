import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { replaceFile } from '../cluster/write-file.js';

/** Makes the keys that seal Secrets at rest, once. Losing this file loses every Secret. */
export async function ensureKeyRing(file: string): Promise<void> {
  if (existsSync(file)) return;
  const ring = { keys: [{ id: '1', secret: randomBytes(32).toString('base64') }] };
  await replaceFile(file, `${JSON.stringify(ring, null, 2)}\n`);
}
