import { clusterPaths, type ClusterPaths } from './cluster-paths.js';
import { nodeNames, type ClusterSettings } from './cluster-settings.js';

/** One cluster on this machine: where it lies and what was decided for it. */
export interface Cluster {
  readonly paths: ClusterPaths;
  readonly settings: ClusterSettings;
}

export const clusterAt = (home: string, settings: ClusterSettings): Cluster => ({
  paths: clusterPaths(home),
  settings,
});

/** How a node is reached and what range its pods have. */
export interface NodePlan {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  readonly servingPort: number;
}

/** Where the nodes of a cluster lie in the machine's network. Pure. */
export interface NetworkPlan {
  readonly bridge: string;
  /** The machine's own address on the bridge: there the nodes reach the API. */
  readonly hostAddress: string;
  readonly nodeCidr: string;
  readonly podCidr: string;
}

export const networkPlan = ({ name, networkIndex }: Pick<ClusterSettings, 'name' | 'networkIndex'>): NetworkPlan => ({
  bridge: `${name}-br`,
  hostAddress: `10.${200 + 2 * networkIndex}.0.1`,
  nodeCidr: `10.${200 + 2 * networkIndex}.0.0/24`,
  podCidr: `10.${201 + 2 * networkIndex}.0.0/16`,
});

/** Real nodes have a network of their own; hollow ones share the machine's and differ in their ports. Pure. */
export const nodePlans = (settings: ClusterSettings): NodePlan[] =>
  nodeNames(settings).map((name, i) => ({
    name,
    address: settings.runtime === 'cri' ? `10.${200 + 2 * settings.networkIndex}.0.${11 + i}` : '127.0.0.1',
    podCidr: `10.${201 + 2 * settings.networkIndex}.${i + 1}.0/24`,
    servingPort: settings.runtime === 'cri' ? 10250 : (settings.servingPorts[name] ?? 0),
  }));

/** The address at which nodes reach the API, and to which the `kubernetes` Service leads. */
export const advertiseAddress = (settings: ClusterSettings): string =>
  settings.hosts?.gateway ?? (settings.runtime === 'cri' ? networkPlan(settings).hostAddress : '127.0.0.1');
