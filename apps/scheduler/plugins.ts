import type { WeightedPlugin } from './framework/plugin.js';
import { imageLocality } from './plugins/image-locality/image-locality.plugin.js';
import { interPodAffinity } from './plugins/inter-pod-affinity/inter-pod-affinity.plugin.js';
import { nodeAffinity } from './plugins/node-affinity/node-affinity.plugin.js';
import { nodeName } from './plugins/node-name/node-name.plugin.js';
import { nodePorts } from './plugins/node-ports/node-ports.plugin.js';
import { balancedAllocation } from './plugins/node-resources-fit/balanced-allocation.plugin.js';
import { nodeResourcesFit } from './plugins/node-resources-fit/node-resources-fit.plugin.js';
import { nodeUnschedulable } from './plugins/node-unschedulable/node-unschedulable.plugin.js';
import { podTopologySpread } from './plugins/pod-topology-spread/pod-topology-spread.plugin.js';
import { taintToleration } from './plugins/taint-toleration/taint-toleration.plugin.js';

/** Every rule about where pods go, in the order in which they filter; with the weights of the reference's default profile. */
export const plugins: readonly WeightedPlugin[] = [
  { plugin: nodeUnschedulable, weight: 0 },
  { plugin: nodeName, weight: 0 },
  { plugin: taintToleration, weight: 3 },
  { plugin: nodeAffinity, weight: 2 },
  { plugin: nodePorts, weight: 0 },
  { plugin: nodeResourcesFit, weight: 1 },
  { plugin: podTopologySpread, weight: 2 },
  { plugin: interPodAffinity, weight: 2 },
  { plugin: balancedAllocation, weight: 1 },
  { plugin: imageLocality, weight: 1 },
];
