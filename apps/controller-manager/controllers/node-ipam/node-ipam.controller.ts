import type { Node } from '@shiplog/domain';
import { nodes } from '@shiplog/client';
import { defineController, nothing, patch, plan, tell, type Controller, type Plan } from '@shiplog/controller-runtime';

export interface NodeIpamWorld {
  readonly node: Node;
  /** Pod ranges that nodes have already. */
  readonly taken: ReadonlySet<string>;
  readonly clusterCidr: string;
}

const nodeBits = 24;

/** The IPv4 ranges of one node each within the cluster's, in order. */
export function* nodeRanges(clusterCidr: string): Iterable<string> {
  const [address = '', bits = '0'] = clusterCidr.split('/');
  const base = address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
  for (let i = 0; i < 2 ** Math.max(0, nodeBits - Number(bits)); i++) {
    const start = base + i * 2 ** (32 - nodeBits);
    yield `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${nodeBits}`;
  }
}

/** A node that brings no range for its pods gets the first free one. Pure. */
export function planNodeIpam({ node, taken, clusterCidr }: NodeIpamWorld): Plan {
  if (node.spec?.podCIDR) return nothing;
  const free = nodeRanges(clusterCidr)[Symbol.iterator]();
  for (let next = free.next(); !next.done; next = free.next())
    if (!taken.has(next.value))
      return plan(
        patch(nodes, node, 'merge', {
          metadata: { uid: node.metadata.uid, resourceVersion: node.metadata.resourceVersion },
          spec: { podCIDR: next.value, podCIDRs: [next.value] },
        }),
      );
  const message = `Node ${node.metadata.name} status is now: CIDRNotAvailable`;
  return plan(tell({ type: 'Normal', reason: 'CIDRNotAvailable', message }));
}

const none: ReadonlySet<string> = new Set();

/** One worker: two nodes must not be given the same range. */
export const nodeIpamController = (clusterCidr: string): Controller<Node, NodeIpamWorld> =>
  defineController({
    name: 'node-ipam-controller',
    serviceAccount: 'node-controller',
    reconciles: nodes,
    workers: 1,
    observe: (node, read) => ({
      node,
      clusterCidr,
      // Only who still needs a range asks for those of all others.
      taken: node.spec?.podCIDR
        ? none
        : new Set(
            read(nodes)
              .all()
              .flatMap(({ spec }) => spec?.podCIDR ?? []),
          ),
    }),
    decide: planNodeIpam,
  });
