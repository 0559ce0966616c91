import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where one cluster keeps everything: data, keys, logs, pids. Moving the folder moves the cluster. */
export interface ClusterPaths {
  readonly home: string;
  readonly settings: string;
  readonly kubeconfig: string;
  readonly pki: string;
  readonly keyRing: string;
  readonly log: string;
  readonly run: string;
  readonly supervisorState: string;
  readonly nats: string;
  readonly postgres: string;
  readonly nodes: string;
}

/** The folder of a cluster: the one given, else $SHIPLOG_HOME, else the XDG data folder. */
export const homeFolder = (given: string | undefined, env: Record<string, string | undefined> = process.env): string =>
  resolve(
    given ??
      (env['SHIPLOG_HOME'] || undefined) ??
      join(env['XDG_DATA_HOME'] || join(env['HOME'] || homedir(), '.local', 'share'), 'shiplog'),
  );

export function clusterPaths(home: string): ClusterPaths {
  const run = join(home, 'run');
  return {
    home,
    settings: join(home, 'cluster.json'),
    kubeconfig: join(home, 'kubeconfig'),
    pki: join(home, 'pki'),
    keyRing: join(home, 'pki', 'key-ring.json'),
    log: join(home, 'log'),
    run,
    supervisorState: join(run, 'supervisor.json'),
    nats: join(home, 'nats'),
    postgres: join(home, 'postgres'),
    nodes: join(home, 'nodes'),
  };
}

/** What one node keeps on disk. */
export interface NodePaths {
  readonly folder: string;
  readonly kubeconfig: string;
  /** What a node on a machine of its own has of the keys: the authority's certificate and its own. */
  readonly pki: string;
  readonly images: string;
  readonly kubelet: string;
  readonly containerdConfig: string;
  readonly containerdRoot: string;
  readonly containerdState: string;
  readonly containerdSocket: string;
  readonly cniConfiguration: string;
  readonly cniAddresses: string;
}

export function nodePaths(paths: ClusterPaths, node: string): NodePaths {
  const folder = join(paths.nodes, node);
  return {
    folder,
    kubeconfig: join(folder, 'kubeconfig'),
    pki: join(folder, 'pki'),
    images: join(folder, 'images.tar'),
    kubelet: join(folder, 'kubelet'),
    containerdConfig: join(folder, 'containerd.toml'),
    containerdRoot: join(folder, 'containerd'),
    containerdState: join(folder, 'state'),
    containerdSocket: join(folder, 'containerd.sock'),
    cniConfiguration: join(folder, 'cni', 'net.d'),
    cniAddresses: join(folder, 'cni', 'addresses'),
  };
}
