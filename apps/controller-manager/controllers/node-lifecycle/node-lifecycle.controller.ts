import type { Node } from '@shiplog/domain';
import { keyOf, leases, nodes, pods } from '@shiplog/client';
import { defineController, watch, type Controller, type Read } from '@shiplog/controller-runtime';
import { isTrue } from '../../objects/conditions.js';
import { planNodeLifecycle, type NodeLifecycleWorld } from './node-lifecycle.plan.js';

const isReady = ({ status }: Node): boolean => isTrue(status?.conditions, 'Ready');
const readyNodes = (node: Node): string[] => (isReady(node) ? ['ready'] : []);
const readyCount = (read: Read): number => read(nodes).count(readyNodes, 'ready');

/** Notices nodes that fall silent and taints nodes by their conditions. `watchedSince`: when this process began to watch. */
export const nodeLifecycleController = (watchedSince: Date): Controller<Node, NodeLifecycleWorld> =>
  defineController({
    name: 'node-controller',
    reconciles: nodes,
    // Many nodes may fail at once, and each takes several writes.
    workers: 20,
    watches: [
      // A sign of life is news only from a node that was thought lost. Of the others each is looked at when it would be overdue,
      // whatever number of renewals came before: thousands of nodes renew hundreds of Leases a second.
      watch(leases, ({ current: { object } }, read) => {
        const { namespace, name = '' } = object.metadata;
        const node = namespace === 'kube-node-lease' ? read(nodes).get(undefined, name) : undefined;
        return node && !isReady(node) ? [name] : [];
      }),
      // The first node to be ready, and the last one to cease to be, change what is to be thought of all.
      watch(nodes, ({ current, previous }, read) =>
        (previous && isReady(previous.object)) !== isReady(current.object) && readyCount(read) <= 1
          ? read(nodes).all().map(keyOf)
          : [],
      ),
    ],
    reads: [pods],
    observe: (node, read) => ({
      node,
      lease: read(leases).get('kube-node-lease', node.metadata.name ?? ''),
      pods: read(pods).onNode(node.metadata.name ?? ''),
      watchedSince,
      anyReady: readyCount(read) > 0,
    }),
    decide: planNodeLifecycle,
  });
