import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Gives the node the address, so that its pods' packets to it end here. On the loopback interface, which every kernel has; that
 * does not keep others out: an address of any interface is the node's. Idempotent.
 */
export async function addAddress(address: string): Promise<void> {
  await promisify(execFile)('ip', ['addr', 'replace', `${address}/32`, 'dev', 'lo']);
}
