// A server that does nothing, as a third side: what is left for who does something.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node, root } from '../../../scripts/toolchain.mjs';

/** Starts it with the certificates of a Shiplog that runs. */
export async function startFloor({ pki, server, kubeconfig }, folder, { objects }) {
  const child = spawn(node(), [join(root, 'test/bench/floor/server.mjs'), pki, String(objects)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [port] = await once(child.stdout.setEncoding('utf8'), 'data');
  const own = join(folder, 'floor.kubeconfig');
  const text = await readFile(kubeconfig, 'utf8');
  await writeFile(own, text.replaceAll(server, `https://127.0.0.1:${port.trim()}`), { mode: 0o600 });
  const stop = async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { name: 'floor', kubeconfig: own, processes: { 'bare server': child.pid }, stop };
}
