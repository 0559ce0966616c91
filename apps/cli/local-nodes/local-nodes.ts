import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nodePaths, type ClusterPaths } from '../cluster/cluster-paths.js';
import { nodeNames } from '../cluster/cluster-settings.js';
import { nodePlans, type Cluster, type NodePlan } from '../cluster/cluster.js';
import { replaceFile } from '../cluster/write-file.js';
import { buildImages } from '../images/build-images.js';
import { repositoryRoot } from '../supervisor/programs.js';
import { assertSocketPathFits, cniConfiguration, cniPluginFolder, containerdConfig } from './containerd-config.js';
import { endContainers } from './containers.js';
import { setUpNetwork, tearDownNetwork } from './network-setup.js';

/** The archive of images that each node imports. */
export const imageArchive = ({ home }: ClusterPaths): string => join(home, 'images.tar');

/** Makes the nodes of a cluster ready for their containerd: network, configuration, images. Clears away what a killed one left. */
export async function prepareLocalNodes(cluster: Cluster): Promise<void> {
  await clearLocalNodes(cluster);
  await Promise.all([
    setUpNetwork(cluster),
    buildImages(join(repositoryRoot, 'images'), imageArchive(cluster.paths)),
    ...nodePlans(cluster.settings).map((node) => configureNode(cluster, node)),
  ]);
}

/** Ends the nodes' containers and takes their network away; what they keep on disk stays. Idempotent. */
export async function clearLocalNodes(cluster: Cluster): Promise<void> {
  await endContainers(cluster.paths, nodeNames(cluster.settings));
  await tearDownNetwork(cluster);
}

/** Writes the configuration of a node's containerd and of its pods' network. */
export async function configureNode({ paths }: Cluster, node: NodePlan): Promise<void> {
  const files = nodePaths(paths, node.name);
  assertSocketPathFits(files);
  await mkdir(files.containerdRoot, { recursive: true });
  const options = { pluginFolder: cniPluginFolder(), snapshotter: 'overlayfs' } as const;
  await replaceFile(files.containerdConfig, containerdConfig(files, options));
  await replaceFile(join(files.cniConfiguration, '10-shiplog.conflist'), cniConfiguration(files, node));
}
