import { resourceType } from '@shiplog/client';
import type { Node, NodeStatus, NodeSystemInfo } from '@shiplog/domain';

/** A Node as the API serves it. */
export type StoredNode = Node & { apiVersion: string; kind: string; metadata: { name: string; uid: string } };

export const nodes = resourceType<StoredNode>('', 'v1', 'Node', 'nodes');

export interface NodeFacts {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
  readonly servingPort: number;
  readonly capacity: Readonly<Record<string, string>>;
  readonly info: NodeSystemInfo;
  readonly hollow: boolean;
}

/** The Node that registers this machine. Pure. */
export const newNode = (facts: NodeFacts): Omit<StoredNode, 'metadata'> & Pick<Node, 'metadata'> => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: facts.name,
    labels: nodeLabels(facts),
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
  },
  spec: { podCIDR: facts.podCidr, podCIDRs: [facts.podCidr] },
});

/** Labels that the node owns: what it is and where it runs. */
export const nodeLabels = ({ name, info, hollow }: NodeFacts): Record<string, string> => ({
  'kubernetes.io/hostname': name,
  'kubernetes.io/os': info.operatingSystem,
  'kubernetes.io/arch': info.architecture,
  'beta.kubernetes.io/os': info.operatingSystem,
  'beta.kubernetes.io/arch': info.architecture,
  ...(hollow ? { 'node.shiplog.dev/runtime': 'hollow' } : {}),
});

/** The part of the status that does not change while the agent runs. */
export const staticStatus = (facts: NodeFacts): NodeStatus => ({
  capacity: { ...facts.capacity },
  allocatable: { ...facts.capacity },
  addresses: [
    { type: 'InternalIP', address: facts.ip },
    { type: 'Hostname', address: facts.name },
  ],
  daemonEndpoints: { kubeletEndpoint: { Port: facts.servingPort } },
  nodeInfo: facts.info,
});
