import { readFile, rm } from 'node:fs/promises';
import { nodePaths, type ClusterPaths } from '../cluster/cluster-paths.js';
import { descendantsOf, endProcesses, findProcesses, type ProcessIdentity } from '../supervisor/process-identity.js';
import { succeeds } from './run-command.js';

/** How long containers may take to end when the cluster stops. */
const graceMs = 5_000;

/** The shims of the cluster's containers: containerd leaves them running when it ends. */
export const shimsOf = (paths: ClusterPaths): Promise<ProcessIdentity[]> =>
  findProcesses(
    ([program, ...args]) =>
      program?.includes('containerd-shim') === true &&
      args[args.indexOf('-address') + 1]?.startsWith(`${paths.nodes}/`) === true,
  );

/** Ends all containers of the cluster, asking them first, and takes away their mounts, as if the nodes had been switched off. Idempotent. */
export async function endContainers(paths: ClusterPaths, nodes: readonly string[]): Promise<void> {
  const shims = await shimsOf(paths);
  await endProcesses(await descendantsOf(shims), graceMs);
  await endProcesses(shims, 1_000, 'SIGKILL');
  for (const mount of await mountsBelow(paths.nodes)) await succeeds('umount', ['--lazy', mount]);
  for (const node of nodes) {
    const { containerdState, containerdSocket, cniAddresses } = nodePaths(paths, node);
    for (const path of [containerdState, containerdSocket, `${containerdSocket}.ttrpc`, cniAddresses])
      await rm(path, { recursive: true, force: true });
  }
}

/** Mount points below a folder, the innermost first. */
export async function mountsBelow(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const points = lines.map((line) =>
    (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
  );
  return points.filter((point) => point.startsWith(`${folder}/`)).toReversed();
}
