import type { ClusterSnapshot, NodeSlot } from '../cluster-snapshot/cluster-snapshot.js';
import { filterNode, prepareFilters, refreshedFilters } from '../framework/cycle.js';
import type { WeightedPlugin } from '../framework/plugin.js';
import type { PodRecord } from '../framework/pod-record.js';
import { unresolvable, type Rejection } from '../framework/verdict.js';
import { violating } from './budgets.js';

/** A node on which the pod fits once these pods are gone; the most important first. */
export interface Candidate {
  readonly node: string;
  readonly victims: readonly PodRecord[];
  /** How many of them a PodDisruptionBudget would protect. */
  readonly violations: number;
}

const nobody = unresolvable('No preemption victims found for incoming pod');

const startOf = ({ pod }: PodRecord): number => {
  const text = pod.status?.startTime;
  return text === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(text);
};

/** Higher priority first; of equals the one that runs longer. */
export const byImportance = (a: PodRecord, b: PodRecord): number => b.priority - a.priority || startOf(a) - startOf(b);

/**
 * The fewest, least important pods of one node that must go so that the pod fits there: all of lower priority are taken away, then brought back one
 * by one, those that a PodDisruptionBudget protects before others and the most important first, as long as it still fits. Tries it out on the snapshot and leaves that as it was.
 */
export function victimsOn(
  pod: PodRecord,
  slot: NodeSlot,
  nominated: readonly PodRecord[],
  cluster: ClusterSnapshot,
  plugins: readonly WeightedPlugin[],
): Candidate | Rejection {
  const node = cluster.nodeName(slot);
  const lower = [...cluster.podsOn(slot)].filter(({ priority }) => priority < pod.priority).sort(byImportance);
  if (lower.length === 0) return nobody;
  for (const nominee of nominated) cluster.placePod(nominee, node);
  const prepared = prepareFilters(pod, cluster, plugins);
  const rejection = (): Rejection | undefined => {
    const filters =
      'verdict' in prepared ? prepareFilters(pod, cluster, plugins) : refreshedFilters(pod, cluster, prepared);
    if ('verdict' in filters) return filters.verdict;
    const verdict = filterNode(filters, slot, cluster);
    return verdict.fits ? undefined : verdict;
  };
  const protectedOnes = violating(lower, cluster.budgetsIn);
  const inOrder = [...protectedOnes, ...lower.filter((candidate) => !protectedOnes.has(candidate))];
  for (const { key } of lower) cluster.removePod(key);
  const gone = new Set(lower);
  try {
    const hopeless = rejection();
    if (hopeless !== undefined) return hopeless;
    for (const candidate of inOrder) {
      cluster.placePod(candidate, node);
      gone.delete(candidate);
      if (rejection() === undefined) continue;
      cluster.removePod(candidate.key);
      gone.add(candidate);
    }
    const violations = [...protectedOnes].filter((candidate) => gone.has(candidate)).length;
    return { node, victims: lower.filter((candidate) => gone.has(candidate)), violations };
  } finally {
    for (const candidate of gone) cluster.placePod(candidate, node);
    for (const { key } of nominated) cluster.removePod(key);
  }
}

/** Negative if preempting on `a` does less harm: fewer budgets violated, lower highest victim, lower sum of priorities, fewer, younger. */
export function compareHarm(a: Candidate, b: Candidate): number {
  return (
    a.violations - b.violations ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    earliestStart(b) - earliestStart(a)
  );
}

const highest = ({ victims }: Candidate): number => victims[0]?.priority ?? Number.NEGATIVE_INFINITY;
/** All priorities counted from the lowest there is, so that many negative ones weigh more than few. */
const sum = ({ victims }: Candidate): number => victims.reduce((total, { priority }) => total + priority + 2 ** 31, 0);
/** When the longest-running of the most important victims started. */
const earliestStart = ({ victims }: Candidate): number =>
  Math.min(...victims.filter(({ priority }) => priority === victims[0]?.priority).map(startOf));
