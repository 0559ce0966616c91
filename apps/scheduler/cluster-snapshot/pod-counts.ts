import { withRoom } from './growable.js';
import { noDomain, type TopologyIndex } from './topology-index.js';

/** How many pods of some set are on each node and in each domain, kept as pods and nodes come and go. */
export class PodCounts {
  total = 0;
  onNode = new Int32Array(16);
  private readonly byTopology = new Map<string, { readonly index: TopologyIndex; counts: Int32Array }>();

  /** Counts by domain of one topology; summed up from the nodes when first asked for. Read again after each change of the cluster: it may have grown. */
  inDomains(index: TopologyIndex): Int32Array {
    const known = this.byTopology.get(index.key);
    if (known !== undefined) return (known.counts = withRoom(known.counts, index.size));
    const counts = withRoom(new Int32Array(16), index.size);
    for (let slot = 0; slot < index.domainOf.length; slot++) {
      const domain = index.domainOf[slot] ?? noDomain;
      if (domain !== noDomain) counts[domain] = (counts[domain] ?? 0) + (this.onNode[slot] ?? 0);
    }
    this.byTopology.set(index.key, { index, counts });
    return counts;
  }

  add(slot: number, change: number): void {
    this.total += change;
    this.onNode = withRoom(this.onNode, slot);
    this.onNode[slot] = (this.onNode[slot] ?? 0) + change;
    for (const topology of this.byTopology.values()) {
      const domain = topology.index.domainOf[slot] ?? noDomain;
      if (domain === noDomain) continue;
      topology.counts = withRoom(topology.counts, domain);
      topology.counts[domain] = (topology.counts[domain] ?? 0) + change;
    }
  }

  /** A node has changed its domain: its pods go along. */
  moved(index: TopologyIndex, slot: number, from: number, to: number): void {
    const topology = this.byTopology.get(index.key);
    const pods = this.onNode[slot] ?? 0;
    if (topology === undefined || pods === 0) return;
    topology.counts = withRoom(topology.counts, Math.max(from, to));
    if (from !== noDomain) topology.counts[from] = (topology.counts[from] ?? 0) - pods;
    if (to !== noDomain) topology.counts[to] = (topology.counts[to] ?? 0) + pods;
  }
}
