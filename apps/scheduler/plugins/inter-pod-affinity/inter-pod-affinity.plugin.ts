import type { ClusterSnapshot, NodeSlot } from '../../cluster-snapshot/cluster-snapshot.js';
import type { PodCounts } from '../../cluster-snapshot/pod-counts.js';
import { noDomain, type TopologyIndex } from '../../cluster-snapshot/topology-index.js';
import { after, type ClusterEvent } from '../../framework/cluster-event.js';
import {
  irrelevant,
  maxScore,
  type FeasibleNodes,
  type Irrelevant,
  type SchedulerPlugin,
} from '../../framework/plugin.js';
import type { AffinityTerm, PodRecord } from '../../framework/pod-record.js';
import { selectsPod } from '../../framework/pod-selector.js';
import { fits, unresolvable, unschedulable, type Verdict } from '../../framework/verdict.js';

const noFriends = unresolvable("node(s) didn't match pod affinity rules");
const rivals = unschedulable("node(s) didn't match pod anti-affinity rules");
const unwelcome = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

/** Pods by domain, as one term counts them. */
interface CountedTerm {
  readonly index: TopologyIndex;
  readonly counts: Int32Array;
}

const counted = (pods: PodCounts, topologyKey: string, cluster: ClusterSnapshot): CountedTerm => {
  const index = cluster.topology(topologyKey);
  return { index, counts: pods.inDomains(index) };
};

const podsAt = ({ index, counts }: CountedTerm, slot: NodeSlot): number => {
  const domain = index.domainOf[slot] ?? noDomain;
  return domain === noDomain ? 0 : (counts[domain] ?? 0);
};

interface Rules {
  /** Domains with a pod that all of the pod's affinity terms select. */
  readonly friends: readonly CountedTerm[];
  /** Nothing to be near to yet, and the pod is what it wants to be near to. */
  readonly isFirst: boolean;
  readonly rivals: readonly CountedTerm[];
  /** Domains whose pods do not want this one. */
  readonly closed: readonly CountedTerm[];
}

function rules(pod: PodRecord, cluster: ClusterSnapshot): Rules | Irrelevant {
  const terms = pod.affinity.required;
  const closed = cluster.affinityOwners
    .about(pod, ['requiredAntiAffinity'])
    .map(({ term, owners }) => counted(owners, term.topologyKey, cluster));
  if (terms.length === 0 && pod.antiAffinity.required.length === 0 && closed.length === 0) return irrelevant;
  const selectors = terms.map(({ selector }) => selector);
  const friends =
    terms.length === 0
      ? []
      : terms.map(({ topologyKey }) => counted(cluster.counters.of(selectors), topologyKey, cluster));
  return {
    friends,
    isFirst: terms.length > 0 && isNowhere(friends) && terms.every(({ selector }) => cluster.selects(selector, pod)),
    rivals: pod.antiAffinity.required.map(({ selector, topologyKey }) =>
      counted(cluster.counters.of([selector]), topologyKey, cluster),
    ),
    closed,
  };
}

const isNowhere = (terms: readonly CountedTerm[]): boolean =>
  terms.every(({ index, counts }) => {
    for (let domain = 0; domain < index.size; domain++) if ((counts[domain] ?? 0) > 0) return false;
    return true;
  });

function mayJoin({ friends, isFirst, rivals: others, closed }: Rules, slot: NodeSlot): Verdict {
  let near = true;
  for (const term of friends) {
    const domain = term.index.domainOf[slot] ?? noDomain;
    if (domain === noDomain) return noFriends;
    if ((term.counts[domain] ?? 0) === 0) near = false;
  }
  if (!near && !isFirst) return noFriends;
  for (const term of others) if (podsAt(term, slot) > 0) return rivals;
  for (const term of closed) if (podsAt(term, slot) > 0) return unwelcome;
  return fits;
}

/** One wish about others, or of others about this pod; negative weights keep away. */
interface Wish extends CountedTerm {
  readonly weight: number;
}

/** A required affinity of others towards this pod also draws it, a little. */
const hardAffinityWeight = 1;

function wishes(pod: PodRecord, cluster: ClusterSnapshot): readonly Wish[] | Irrelevant {
  const own = (terms: readonly AffinityTerm[], sign: number): Wish[] =>
    terms.map(({ selector, topologyKey, weight }) => ({
      ...counted(cluster.counters.of([selector]), topologyKey, cluster),
      weight: sign * weight,
    }));
  const others = cluster.affinityOwners
    .about(pod, ['requiredAffinity', 'preferredAffinity', 'preferredAntiAffinity'])
    .map(({ kind, term, owners }) => ({
      ...counted(owners, term.topologyKey, cluster),
      weight:
        kind === 'requiredAffinity' ? hardAffinityWeight : kind === 'preferredAffinity' ? term.weight : -term.weight,
    }));
  const all = [...own(pod.affinity.preferred, 1), ...own(pod.antiAffinity.preferred, -1), ...others];
  return all.length === 0 ? irrelevant : all;
}

const drawTo = (slot: NodeSlot, wish: Wish | undefined): number =>
  wish === undefined ? 0 : wish.weight * podsAt(wish, slot);

/** By index: once for each node, and an iterator is an object wherever the compiler does not see through it. */
function attraction(stated: readonly Wish[], slot: NodeSlot): number {
  let score = 0;
  for (let i = 0, count = stated.length; i < count; i++) score += drawTo(slot, stated[i]);
  return score;
}

function normalize(scores: Float64Array, { count }: FeasibleNodes): void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    lowest = Math.min(lowest, scores[i] ?? 0);
    highest = Math.max(highest, scores[i] ?? 0);
  }
  const range = highest - lowest;
  for (let i = 0; i < count; i++)
    scores[i] = range > 0 ? Math.trunc((maxScore * ((scores[i] ?? 0) - lowest)) / range) : 0;
}

const labelsOfNone = (): Record<string, string> => ({});

/** A new pod may be the friend that was missing. Terms by namespace labels are not decided here: they wake. */
const brings = (pod: PodRecord, event: ClusterEvent): boolean =>
  'pod' in event &&
  pod.affinity.required.some(
    ({ selector }) => selector.namespaceMatcher !== undefined || selectsPod(selector, event.pod, labelsOfNone),
  );

/** A pod that went may have been the rival, or one that did not want this pod. */
const clears = (pod: PodRecord, event: ClusterEvent): boolean =>
  'pod' in event &&
  [
    ...pod.antiAffinity.required.map(({ selector }) => [selector, event.pod] as const),
    ...event.pod.antiAffinity.required.map(({ selector }) => [selector, pod] as const),
  ].some(([selector, other]) => selector.namespaceMatcher !== undefined || selectsPod(selector, other, labelsOfNone));

/** Pods that must, must not, or would rather (not) be near other pods. Both sides' wishes count. */
export const interPodAffinity: SchedulerPlugin<Rules, readonly Wish[]> = {
  name: 'InterPodAffinity',
  countsPods: true,
  preFilter: rules,
  filter: mayJoin,
  preScore: wishes,
  score: attraction,
  normalize,
  retryOn: [
    after('podAssigned', brings),
    after('podDeleted', clears),
    after('podLabelsChanged'),
    after('nodeAdded'),
    after('nodeLabelsChanged'),
    after('namespaceChanged'),
    after('podUpdated'),
  ],
};
