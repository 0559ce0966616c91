import { after } from '../../framework/cluster-event.js';
import { irrelevant, type SchedulerPlugin } from '../../framework/plugin.js';
import { fits, unresolvable } from '../../framework/verdict.js';

const otherNode = unresolvable("node(s) didn't match the requested node name");

/** A pod that names its node goes nowhere else. */
export const nodeName: SchedulerPlugin<string> = {
  name: 'NodeName',
  preFilter: ({ pod }) => pod.spec.nodeName || irrelevant,
  filter: (wanted, slot, cluster) => (cluster.nodeName(slot) === wanted ? fits : otherNode),
  retryOn: [after('nodeAdded')],
};
