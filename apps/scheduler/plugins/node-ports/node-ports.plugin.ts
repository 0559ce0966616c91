import { after } from '../../framework/cluster-event.js';
import { irrelevant, type SchedulerPlugin } from '../../framework/plugin.js';
import type { HostPort } from '../../framework/pod-record.js';
import { fits, unschedulable } from '../../framework/verdict.js';

const taken = unschedulable("node(s) didn't have free ports for the requested pod ports");

/** Two pods cannot hold the same host port of a node. */
export const nodePorts: SchedulerPlugin<readonly HostPort[]> = {
  name: 'NodePorts',
  preFilter: ({ hostPorts }) => (hostPorts.length > 0 ? hostPorts : irrelevant),
  filter: (wanted, slot, cluster) => {
    for (const port of wanted) if (cluster.hostPorts.isTaken(port, slot)) return taken;
    return fits;
  },
  retryOn: [
    after('nodeAdded'),
    after('podDeleted', (pod, event) => event.type === 'podDeleted' && shareAPort(pod.hostPorts, event.pod.hostPorts)),
  ],
};

const shareAPort = (wanted: readonly HostPort[], freed: readonly HostPort[]): boolean =>
  freed.some((port) => wanted.some((other) => other.port === port.port && other.protocol === port.protocol));
