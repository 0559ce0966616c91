import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const device = 'shiplog-dns';

/** Gives the node the addresses on an interface of its own, so that its pods' packets to them end here. Idempotent. */
export async function addAddresses(addresses: readonly string[]): Promise<void> {
  if (!(await exists())) await run('ip', ['link', 'add', device, 'type', 'dummy']);
  await run('ip', ['link', 'set', device, 'up']);
  for (const address of addresses) await run('ip', ['addr', 'replace', `${address}/32`, 'dev', device]);
}

const exists = (): Promise<boolean> =>
  run('ip', ['link', 'show', device]).then(
    () => true,
    () => false,
  );
