import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The first pair 10.<200 + 2i>, 10.<201 + 2i> that no address or route of this machine touches. */
export async function freeNetworkIndex(): Promise<number> {
  const { stdout } = await promisify(execFile)('ip', ['-4', 'route', 'show', 'table', 'all']).catch(() => ({
    stdout: '',
  }));
  const taken = new Set([...stdout.matchAll(/\b10\.(\d+)\.\d+\.\d+/g)].map(([, second]) => Number(second)));
  for (let index = 0; index <= 27; index++)
    if (!taken.has(200 + 2 * index) && !taken.has(201 + 2 * index)) return index;
  throw new Error('no free address range between 10.200.0.0 and 10.255.255.255 for the nodes');
}
