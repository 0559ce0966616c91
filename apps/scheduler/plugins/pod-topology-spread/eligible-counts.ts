import type { ClusterSnapshot, NodeSlot } from '../../cluster-snapshot/cluster-snapshot.js';
import { noDomain, type TopologyIndex } from '../../cluster-snapshot/topology-index.js';
import { hasRequirements, mayRunOn } from '../../framework/node-affinity.js';
import type { PodRecord, SpreadConstraint } from '../../framework/pod-record.js';
import { forbids, tolerates } from '../../framework/tolerations.js';

/** Matching pods by domain, over the nodes that the constraint counts. */
export interface EligibleCounts {
  readonly index: TopologyIndex;
  readonly counts: Int32Array;
  /** Domains with at least one counted node. */
  readonly domains: number;
  /** The fewest matching pods in such a domain. */
  readonly fewest: number;
}

/**
 * What one constraint counts. Usually all nodes count and the snapshot's own counts serve; where the pod's node affinity, taints or another
 * constraint's key leave nodes out, the nodes (never the pods) are gone through once.
 */
export function eligibleCounts(
  pod: PodRecord,
  constraint: SpreadConstraint,
  constraints: readonly SpreadConstraint[],
  needsAllKeys: boolean,
  cluster: ClusterSnapshot,
): EligibleCounts {
  const index = cluster.topology(constraint.topologyKey);
  const pods = cluster.counters.of([constraint.selector]);
  const otherKeys = needsAllKeys
    ? constraints
        .map(({ topologyKey }) => cluster.topology(topologyKey))
        .filter(({ nodes }) => nodes < cluster.nodeCount)
    : [];
  const partial = otherKeys.some((other) => other !== index);
  const byAffinity = constraint.honorsAffinity && hasRequirements(pod.nodeAffinity);
  if (!partial && !byAffinity && !constraint.honorsTaints)
    return summed(index, pods.inDomains(index), index.nodesIn, index.domains);
  const isCounted = countsNode(pod, byAffinity, constraint.honorsTaints, otherKeys, cluster);
  return countedNodes(index, pods.onNode, isCounted, cluster);
}

type CountsNode = (slot: NodeSlot) => boolean;

function countedNodes(
  index: TopologyIndex,
  podsOnNode: Int32Array,
  isCounted: CountsNode,
  cluster: ClusterSnapshot,
): EligibleCounts {
  const counts = new Int32Array(index.size);
  const nodesIn = new Int32Array(index.size);
  let domains = 0;
  for (const slot of cluster.order) {
    const domain = index.domainOf[slot] ?? noDomain;
    if (domain === noDomain || !isCounted(slot)) continue;
    if (nodesIn[domain] === 0) domains++;
    nodesIn[domain] = (nodesIn[domain] ?? 0) + 1;
    counts[domain] = (counts[domain] ?? 0) + (podsOnNode[slot] ?? 0);
  }
  return summed(index, counts, nodesIn, domains);
}

function countsNode(
  pod: PodRecord,
  byAffinity: boolean,
  byTaints: boolean,
  keys: readonly TopologyIndex[],
  cluster: ClusterSnapshot,
): CountsNode {
  const tolerated = byTaints ? toleratedLists(pod, cluster) : undefined;
  const view = { name: '', labels: {} };
  return (slot) => {
    if (lacksOne(keys, slot)) return false;
    if (tolerated !== undefined && tolerated[cluster.taints.listOf[slot] ?? 0] === 0) return false;
    if (!byAffinity) return true;
    view.name = cluster.nodeName(slot);
    view.labels = cluster.labels(slot);
    return mayRunOn(pod.nodeAffinity, view);
  };
}

function lacksOne(keys: readonly TopologyIndex[], slot: number): boolean {
  for (const key of keys) if ((key.domainOf[slot] ?? noDomain) === noDomain) return true;
  return false;
}

const toleratedLists = ({ tolerations }: PodRecord, { taints }: ClusterSnapshot): Int32Array =>
  Int32Array.from(taints.lists, (list) =>
    list.every((taint) => !forbids(taint) || tolerates(tolerations, taint)) ? 1 : 0,
  );

function summed(index: TopologyIndex, counts: Int32Array, nodesIn: Int32Array, domains: number): EligibleCounts {
  let fewest = Number.MAX_SAFE_INTEGER;
  for (let domain = 0; domain < index.size; domain++)
    if ((nodesIn[domain] ?? 0) > 0) fewest = Math.min(fewest, counts[domain] ?? 0);
  return { index, counts, domains, fewest };
}
