import { clusterPaths, type ClusterPaths } from './cluster-paths.js';
import { hollowHostNames, nodeNames, nodesPerHollowHost, type ClusterSettings } from './cluster-settings.js';

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

/** The nodes of real containers: each has a network of its own. Hollow ones are not among them. Pure. */
export const nodePlans = (settings: ClusterSettings): NodePlan[] =>
  settings.runtime === 'hollow'
    ? []
    : nodeNames(settings).map((name, i) => ({
        name,
        address: `10.${200 + 2 * settings.networkIndex}.0.${11 + i}`,
        podCidr: `10.${201 + 2 * settings.networkIndex}.${i + 1}.0/24`,
        servingPort: 10250,
      }));

/** A process of hollow nodes. All of them are reached at its port, each at an address of its own on loopback. */
export interface HollowHostPlan {
  readonly name: string;
  readonly nodes: readonly string[];
  /** Addresses and pod ranges follow each other from these on. */
  readonly addresses: readonly string[];
  readonly firstPodCidr: string;
  readonly servingPort: number;
}

/** Node n has the address 127.64.0.0 + n; nobody routes to hollow pods, so their ranges come out of 100.64.0.0/10. Pure. */
export const hollowHostPlans = (settings: ClusterSettings): HollowHostPlan[] => {
  const nodes = nodeNames(settings);
  return hollowHostNames(settings).map((name, i) => {
    const first = i * nodesPerHollowHost;
    const own = nodes.slice(first, first + nodesPerHollowHost);
    return {
      name,
      nodes: own,
      addresses: own.map((_, j) => `127.64.${highByte(first + j + 1)}.${lowByte(first + j + 1)}`),
      firstPodCidr: `100.${64 + highByte(first)}.${lowByte(first)}.0/24`,
      servingPort: settings.servingPorts[name] ?? 0,
    };
  });
};

const highByte = (value: number): number => value >> 8;
const lowByte = (value: number): number => value & 255;

/** The address at which nodes reach the API, and to which the `kubernetes` Service leads. */
export const advertiseAddress = (settings: ClusterSettings): string =>
  settings.hosts?.gateway ?? (settings.runtime === 'cri' ? networkPlan(settings).hostAddress : '127.0.0.1');
