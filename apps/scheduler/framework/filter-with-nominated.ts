import type { ClusterSnapshot, NodeSlot } from '../cluster-snapshot/cluster-snapshot.js';
import { filterNode, prepareFilters, type Filters } from './cycle.js';
import type { Nominations } from './nominations.js';
import type { WeightedPlugin } from './plugin.js';
import type { PodRecord } from './pod-record.js';
import type { Verdict } from './verdict.js';

/**
 * Filters a node as if the pods nominated to it were there, and again without them: they must leave room, but may never come, so the pod must
 * not depend on them either. Leaves the snapshot as it was.
 */
export function filterWithNominated(
  pod: PodRecord,
  slot: NodeSlot,
  filters: Filters,
  nominations: Nominations,
  cluster: ClusterSnapshot,
  plugins: readonly WeightedPlugin[],
  rejectedBy?: Set<string>,
): Verdict {
  const nodeName = cluster.nodeName(slot);
  const ahead = nominations.size === 0 ? [] : nominations.ahead(pod, nodeName);
  if (ahead.length > 0) {
    for (const nominated of ahead) cluster.placePod(nominated, nodeName);
    try {
      const crowded = prepareFilters(pod, cluster, plugins);
      if ('verdict' in crowded) return crowded.verdict;
      const verdict = filterNode(crowded, slot, cluster, rejectedBy);
      if (!verdict.fits) return verdict;
    } finally {
      for (const nominated of ahead) cluster.removePod(nominated.key);
    }
  }
  return filterNode(filters, slot, cluster, rejectedBy);
}
