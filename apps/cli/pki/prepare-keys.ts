import { mkdir } from 'node:fs/promises';
import { nodePaths } from '../cluster/cluster-paths.js';
import { advertiseAddress, hollowHostPlans, nodePlans, type Cluster } from '../cluster/cluster.js';
import { replaceFile } from '../cluster/write-file.js';
import { mergeKubeconfig, type KubeconfigEntry } from '../kubeconfig/kubeconfig.js';
import { ensureClusterPki, readKeyPair } from './cluster-pki.js';
import { ensureKeyRing } from './key-ring.js';

/** Makes sure that certificates, sealing keys and the kubeconfigs of nodes and administrator are there. Idempotent. */
export async function prepareKeys(cluster: Cluster): Promise<void> {
  const { paths, settings } = cluster;
  const [nodes, hollowHosts] = [nodePlans(settings), hollowHostPlans(settings)];
  const apiAddresses = [advertiseAddress(settings)];
  await ensureClusterPki(paths.pki, { apiAddresses, nodes, hollowHosts }, new Date());
  await ensureKeyRing(paths.keyRing);
  const server = `https://${advertiseAddress(settings)}:${settings.apiPort}`;
  for (const { name } of [...nodes, ...hollowHosts]) {
    await mkdir(nodePaths(paths, name).kubelet, { recursive: true });
    await replaceFile(nodePaths(paths, name).kubeconfig, await kubeconfigOf(cluster, name, server));
  }
  await replaceFile(paths.kubeconfig, await kubeconfigOf(cluster, 'admin', localServer(cluster)));
}

/** The API as the user of this machine reaches it. */
export const localServer = ({ settings }: Cluster): string => `https://127.0.0.1:${settings.apiPort}`;

/** What a kubeconfig says of the cluster for one of its users. */
export async function kubeconfigEntry(
  { paths, settings }: Cluster,
  user: string,
  server: string,
): Promise<KubeconfigEntry> {
  const [authority, client] = [await readKeyPair(paths.pki, 'ca'), await readKeyPair(paths.pki, user)];
  if (!authority || !client) throw new Error(`${paths.pki} has no certificate of ${user}`);
  return { name: settings.name, server, authority: authority.certificate, client };
}

/** A kubeconfig of one user, with a context that is current. */
async function kubeconfigOf(cluster: Cluster, user: string, server: string): Promise<string> {
  const text = mergeKubeconfig('', await kubeconfigEntry(cluster, user, server));
  return `${text}current-context: ${cluster.settings.name}\n`;
}
