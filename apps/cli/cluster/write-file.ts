import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file in one step, so that no reader sees half of it and a crash leaves the old one. Makes its folder. */
export async function replaceFile(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, content, { mode });
  await rename(draft, path);
}

export const isMissing = (error: unknown): boolean => errorCode(error) === 'ENOENT';

/** The code of a system error, such as EEXIST. */
export const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
