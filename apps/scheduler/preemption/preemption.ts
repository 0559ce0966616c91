import type { ClusterSnapshot } from '../cluster-snapshot/cluster-snapshot.js';
import { histogram, type Diagnosis } from '../diagnosis.js';
import type { Nominations } from '../framework/nominations.js';
import type { WeightedPlugin } from '../framework/plugin.js';
import type { PodRecord } from '../framework/pod-record.js';
import { compareHarm, victimsOn, type Candidate } from './victims.js';

export type PreemptionPlan =
  | Candidate
  /** Nobody is to go; `why` stands behind the reasons in the event. */
  | { readonly node?: undefined; readonly why: string; readonly keepsNomination: boolean };

const minCandidates = 100;
const candidatePercentage = 10;

/** How many nodes are looked at for victims before the best is taken. */
const candidatesToFind = (nodes: number): number =>
  Math.min(nodes, Math.max(Math.trunc((nodes * candidatePercentage) / 100), minCandidates));

const isPreempted = ({ pod, isTerminating }: PodRecord): boolean =>
  isTerminating &&
  (pod.status?.conditions ?? []).some(
    ({ type, status, reason }) =>
      type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  );

const none = (why: string, keepsNomination = false): PreemptionPlan => ({ why: `preemption: ${why}`, keepsNomination });

/**
 * Whom to evict so that a rejected pod fits: on the node where it does least harm. `random` (0 to 1) picks where the search starts.
 * Tries it out on the snapshot and leaves that as it was.
 */
export function planPreemption(
  pod: PodRecord,
  diagnosis: Diagnosis,
  nominations: Nominations,
  cluster: ClusterSnapshot,
  plugins: readonly WeightedPlugin[],
  random: () => number,
): PreemptionPlan {
  if (pod.pod.spec.preemptionPolicy === 'Never') return none('not eligible due to preemptionPolicy=Never.', true);
  if (awaitsVictims(pod, diagnosis, nominations, cluster))
    return none('not eligible due to a terminating pod on the nominated node.', true);
  const possible = diagnosis.whole
    ? []
    : diagnosis.slots.filter((slot) => diagnosis.rejections[slot]?.resolvable === true);
  const counts = new Map<string, number>();
  const count = (reason: string, times = 1): void => void counts.set(reason, (counts.get(reason) ?? 0) + times);
  const candidates: Candidate[] = [];
  const enough = candidatesToFind(possible.length);
  const offset = Math.trunc(random() * possible.length);
  for (let i = 0; i < possible.length && candidates.length < enough; i++) {
    const slot = possible[(offset + i) % possible.length] ?? 0;
    const found = victimsOn(pod, slot, nominations.ahead(pod, cluster.nodeName(slot)), cluster, plugins);
    if ('victims' in found) candidates.push(found);
    else for (const reason of found.reasons) count(reason);
  }
  if (candidates.length > 0) return candidates.reduce((best, next) => (compareHarm(next, best) < 0 ? next : best));
  const hopeless = diagnosis.nodeCount - possible.length;
  if (hopeless > 0) count('Preemption is not helpful for scheduling', hopeless);
  return none(`0/${diagnosis.nodeCount} nodes are available:${histogram(counts)}`);
}

/** Pods are already leaving the nominated node for this one. */
function awaitsVictims(
  pod: PodRecord,
  { rejections }: Diagnosis,
  nominations: Nominations,
  cluster: ClusterSnapshot,
): boolean {
  const slot = cluster.slotOf(nominations.nodeNameOf(pod.key) ?? '');
  if (slot === undefined || rejections[slot]?.resolvable === false) return false;
  for (const other of cluster.podsOn(slot)) if (other.priority < pod.priority && isPreempted(other)) return true;
  return false;
}
