import { chown, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodePaths, type ClusterPaths } from '../cluster/cluster-paths.js';
import { nodePlans, type Cluster, type NodePlan } from '../cluster/cluster.js';
import { replaceFile } from '../cluster/write-file.js';
import { buildImages } from '../images/build-images.js';
import { configureNode } from '../local-nodes/local-nodes.js';
import { unprivileged } from '../supervisor/postgres.js';
import type { ProcessSpec } from '../supervisor/process-spec.js';
import { clusterProcesses } from '../supervisor/processes.js';
import { repositoryRoot } from '../supervisor/programs.js';

/** What one container of docker-compose.yml does: what it clears away and sets up first, and the processes that it runs. */
export interface ContainerPlan {
  /** What an earlier container left that is true no more. */
  readonly clear: readonly string[];
  /** Commands of `ip -batch`. */
  readonly network: string;
  readonly processes: readonly ProcessSpec[];
}

/** The container's plan, in a folder that it sees; a node sees nothing but its own. */
export const planFile = (paths: ClusterPaths, container: string): string =>
  container.startsWith('node-')
    ? join(nodePaths(paths, container).folder, 'plan.json')
    : join(paths.run, `${container}.json`);

/** Writes the plan of every container, and for each node what it needs. */
export async function writeContainerPlans(cluster: Cluster): Promise<void> {
  const processes = clusterProcesses(cluster);
  const nodes = nodePlans(cluster.settings);
  for (const process of processes.filter(({ node }) => node === undefined))
    await writePlan(cluster, process.name, { clear: [], network: '', processes: [alone(process, [process])] });
  for (const node of nodes) {
    const own = processes.filter((process) => process.node === node.name);
    const { containerdState, containerdSocket, cniAddresses } = nodePaths(cluster.paths, node.name);
    await configureNode(cluster, node);
    await writeNodeKeys(cluster, node);
    await buildImages(join(repositoryRoot, 'images'), nodePaths(cluster.paths, node.name).images);
    await writePlan(cluster, node.name, {
      clear: [containerdState, containerdSocket, `${containerdSocket}.ttrpc`, cniAddresses],
      network: routesTo(nodes.filter(({ name }) => name !== node.name)),
      processes: own.map((process) => alone(process, own)),
    });
  }
}

/** A process as its container runs it: it waits for nothing outside, and connects until that is there. */
const alone = (process: ProcessSpec, inside: readonly ProcessSpec[]): ProcessSpec => ({
  ...process,
  after: process.after.filter((name) => inside.some((other) => other.name === name)),
});

const routesTo = (nodes: readonly NodePlan[]): string =>
  nodes.map(({ podCidr, address }) => `route replace ${podCidr} via ${address}\n`).join('');

async function writePlan({ paths }: Cluster, container: string, plan: ContainerPlan): Promise<void> {
  const file = planFile(paths, container);
  await replaceFile(file, `${JSON.stringify(plan, null, 2)}\n`);
  // PostgreSQL's container is not root's.
  if (container === 'postgres') await chown(file, unprivileged, unprivileged);
}

async function writeNodeKeys({ paths }: Cluster, { name }: NodePlan): Promise<void> {
  const folder = nodePaths(paths, name).pki;
  for (const file of ['ca.crt', `${name}.crt`, `${name}.key`]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await replaceFile(join(folder, file), await readFile(join(paths.pki, file)));
  }
}
