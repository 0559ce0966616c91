import type { ClusterSnapshot, NodeSlot } from '../../cluster-snapshot/cluster-snapshot.js';
import { noDomain, type TopologyIndex } from '../../cluster-snapshot/topology-index.js';
import { siblingsOf } from '../../cluster-snapshot/workload-selectors.js';
import { after, type ClusterEvent } from '../../framework/cluster-event.js';
import {
  irrelevant,
  maxScore,
  type FeasibleNodes,
  type Irrelevant,
  type SchedulerPlugin,
} from '../../framework/plugin.js';
import type { PodRecord, SpreadConstraint } from '../../framework/pod-record.js';
import { livingInNamespace, selectsPod } from '../../framework/pod-selector.js';
import { fits, unresolvable, unschedulable, type Verdict } from '../../framework/verdict.js';
import { eligibleCounts, type EligibleCounts } from './eligible-counts.js';

const uneven = unschedulable("node(s) didn't match pod topology spread constraints");
const withoutLabel = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");
const hostname = 'kubernetes.io/hostname';

/** Pods that state no constraint but belong to something spread softly over nodes and zones. */
const defaultConstraints = [
  { topologyKey: hostname, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
];

/** One hard constraint: the most pods that a domain may have before this one comes. */
interface Limit {
  readonly counted: EligibleCounts;
  readonly most: number;
}

function limits(pod: PodRecord, cluster: ClusterSnapshot): readonly Limit[] | Irrelevant {
  const hard = pod.spread.filter(({ isHard }) => isHard);
  if (hard.length === 0) return irrelevant;
  return hard.map((constraint) => {
    const counted = eligibleCounts(pod, constraint, hard, true, cluster);
    const fewest = counted.domains < constraint.minDomains ? 0 : counted.fewest;
    const self = selectsPod(constraint.selector, { ...pod, isTerminating: false }, () => ({})) ? 1 : 0;
    return { counted, most: fewest + constraint.maxSkew - self };
  });
}

function withinLimits(stated: readonly Limit[], slot: NodeSlot): Verdict {
  for (const { counted, most } of stated) {
    const domain = counted.index.domainOf[slot] ?? noDomain;
    if (domain === noDomain) return withoutLabel;
    if ((counted.counts[domain] ?? 0) > most) return uneven;
  }
  return fits;
}

interface SoftConstraint {
  readonly counted: EligibleCounts;
  /** Of hostname constraints: pods by node. */
  readonly onNode: Int32Array | undefined;
  readonly maxSkew: number;
  /** Topologies with many domains weigh more. */
  readonly weight: number;
}

interface SoftConstraints {
  readonly constraints: readonly SoftConstraint[];
  readonly needsAllKeys: boolean;
}

const ignored = -1;

function softConstraints(pod: PodRecord, cluster: ClusterSnapshot, nodes: FeasibleNodes): SoftConstraints | Irrelevant {
  const needsAllKeys = pod.spread.length > 0;
  const soft = needsAllKeys ? pod.spread.filter(({ isHard }) => !isHard) : defaultsFor(pod, cluster);
  if (soft.length === 0) return irrelevant;
  const indexes = soft.map(({ topologyKey }) => cluster.topology(topologyKey));
  const counts = (slot: NodeSlot): boolean => !needsAllKeys || hasAll(indexes, slot);
  return {
    needsAllKeys,
    constraints: soft.map((constraint) => {
      const counted = eligibleCounts(pod, constraint, soft, needsAllKeys, cluster);
      const isHostname = constraint.topologyKey === hostname;
      const domains = isHostname ? countIf(nodes, counts) : domainsAmong(nodes, counted, counts);
      return {
        counted,
        onNode: isHostname ? cluster.counters.of([constraint.selector]).onNode : undefined,
        maxSkew: constraint.maxSkew,
        weight: Math.log(domains + 2),
      };
    }),
  };
}

/** Asked for every node: a loop, for a closure would be made each time. */
function hasAll(indexes: readonly TopologyIndex[], slot: NodeSlot): boolean {
  for (const { domainOf } of indexes) if ((domainOf[slot] ?? noDomain) === noDomain) return false;
  return true;
}

function defaultsFor(pod: PodRecord, cluster: ClusterSnapshot): SpreadConstraint[] {
  const siblings = siblingsOf(pod, cluster.workloads);
  if (siblings === undefined) return [];
  const selector = livingInNamespace(siblings, pod.namespace);
  return defaultConstraints.map((constraint) => ({
    ...constraint,
    selector,
    minDomains: 1,
    isHard: false,
    honorsAffinity: true,
    honorsTaints: false,
  }));
}

function countIf({ slots, count }: FeasibleNodes, counts: (slot: NodeSlot) => boolean): number {
  let found = 0;
  for (let i = 0; i < count; i++) if (counts(slots[i] ?? 0)) found++;
  return found;
}

function domainsAmong(
  { slots, count }: FeasibleNodes,
  { index }: EligibleCounts,
  counts: (slot: NodeSlot) => boolean,
): number {
  const seen = new Uint8Array(index.size + 1);
  let found = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i] ?? 0;
    if (!counts(slot)) continue;
    const domain = (index.domainOf[slot] ?? noDomain) + 1;
    if (seen[domain] === 0) found++;
    seen[domain] = 1;
  }
  return found;
}

function crowding({ constraints, needsAllKeys }: SoftConstraints, slot: NodeSlot): number {
  let score = 0;
  for (const { counted, onNode, maxSkew, weight } of constraints) {
    const domain = counted.index.domainOf[slot] ?? noDomain;
    if (domain === noDomain) {
      if (needsAllKeys) return ignored;
      continue;
    }
    const pods = onNode === undefined ? (counted.counts[domain] ?? 0) : (onNode[slot] ?? 0);
    score += pods * weight + maxSkew - 1;
  }
  return Math.round(score);
}

/** The least crowded gets most; ignored nodes get nothing. */
function normalize(scores: Float64Array, { count }: FeasibleNodes): void {
  let lowest = Number.MAX_SAFE_INTEGER;
  let highest = 0;
  for (let i = 0; i < count; i++) {
    const score = scores[i] ?? 0;
    if (score === ignored) continue;
    lowest = Math.min(lowest, score);
    highest = Math.max(highest, score);
  }
  for (let i = 0; i < count; i++) {
    const score = scores[i] ?? 0;
    if (score === ignored) scores[i] = 0;
    else scores[i] = highest === 0 ? maxScore : Math.floor((maxScore * (highest + lowest - score)) / highest);
  }
}

const concerns = (pod: PodRecord, event: ClusterEvent): boolean =>
  'pod' in event &&
  pod.spread.some(({ selector }) => selectsPod(selector, { ...event.pod, isTerminating: false }, () => ({})));

/** topologySpreadConstraints: hard ones limit how uneven the domains may be, soft ones prefer the emptier domain. */
export const podTopologySpread: SchedulerPlugin<readonly Limit[], SoftConstraints> = {
  name: 'PodTopologySpread',
  countsPods: true,
  preFilter: limits,
  filter: withinLimits,
  preScore: softConstraints,
  score: crowding,
  normalize,
  retryOn: [
    after('podAssigned', concerns),
    after('podDeleted', concerns),
    after('podLabelsChanged'),
    after('nodeAdded'),
    after('nodeLabelsChanged'),
    after('nodeTaintsChanged'),
    after('podUpdated'),
  ],
};
