import type { ClusterSnapshot, NodeSlot } from '../../cluster-snapshot/cluster-snapshot.js';
import { after, type ClusterEvent } from '../../framework/cluster-event.js';
import {
  hasRequirements,
  mayRunOn,
  termMatches,
  type NodeAffinityRules,
  type SelectableNode,
} from '../../framework/node-affinity.js';
import { irrelevant, normalizeByHighest, type SchedulerPlugin } from '../../framework/plugin.js';
import type { PodRecord } from '../../framework/pod-record.js';
import { fits, unresolvable } from '../../framework/verdict.js';

const elsewhere = unresolvable("node(s) didn't match Pod's node affinity/selector");

/** The rules with one view of a node that is pointed from node to node, so that asking allocates nothing. */
interface Asking {
  readonly rules: NodeAffinityRules;
  readonly view: { name: string; labels: SelectableNode['labels'] };
}

const asking = ({ nodeAffinity }: PodRecord): Asking => ({ rules: nodeAffinity, view: { name: '', labels: {} } });

function pointedAt({ view }: Asking, slot: NodeSlot, cluster: ClusterSnapshot): SelectableNode {
  view.name = cluster.nodeName(slot);
  view.labels = cluster.labels(slot);
  return view;
}

function preference(state: Asking, slot: NodeSlot, cluster: ClusterSnapshot): number {
  const node = pointedAt(state, slot, cluster);
  let weight = 0;
  for (const preferred of state.rules.preferred) if (termMatches(preferred.term, node)) weight += preferred.weight;
  return weight;
}

const admits = ({ nodeAffinity }: PodRecord, event: ClusterEvent): boolean =>
  'node' in event &&
  mayRunOn(nodeAffinity, { name: event.node.metadata.name ?? '', labels: event.node.metadata.labels ?? {} });

/** spec.nodeSelector and required node affinity decide; preferred node affinity ranks. */
export const nodeAffinity: SchedulerPlugin<Asking, Asking> = {
  name: 'NodeAffinity',
  preFilter: (pod) => (hasRequirements(pod.nodeAffinity) ? asking(pod) : irrelevant),
  filter: (state, slot, cluster) => (mayRunOn(state.rules, pointedAt(state, slot, cluster)) ? fits : elsewhere),
  preScore: (pod) => (pod.nodeAffinity.preferred.length > 0 ? asking(pod) : irrelevant),
  score: preference,
  normalize: (scores, { count }) => normalizeByHighest(scores, count, false),
  retryOn: [after('nodeAdded', admits), after('nodeLabelsChanged', admits), after('podUpdated')],
};
