import type { AffinityTerm, PodRecord } from '../framework/pod-record.js';
import { selectsPod, type NamespaceLabels } from '../framework/pod-selector.js';
import { PodCounts } from './pod-counts.js';
import { SelectorIndex } from './selector-index.js';
import type { TopologyIndex } from './topology-index.js';

/** What placed pods state about others: who must (not) or would rather (not) be near them. */
export type TermKind = 'requiredAffinity' | 'requiredAntiAffinity' | 'preferredAffinity' | 'preferredAntiAffinity';

/** One stated term and the pods that state it: all replicas of a workload share one. */
export interface OwnedTerm {
  readonly kind: TermKind;
  readonly term: AffinityTerm;
  readonly owners: PodCounts;
}

/** The affinity terms of all placed pods, each once however many pods state it. */
export class AffinityOwners {
  private readonly terms = new Map<string, OwnedTerm>();
  private readonly index = new SelectorIndex<OwnedTerm>();

  constructor(private readonly labelsOf: NamespaceLabels) {}

  podPlaced({ affinity, antiAffinity }: PodRecord, slot: number, change: 1 | -1): void {
    for (const term of affinity.required) this.count('requiredAffinity', term, slot, change);
    for (const term of antiAffinity.required) this.count('requiredAntiAffinity', term, slot, change);
    for (const term of affinity.preferred) this.count('preferredAffinity', term, slot, change);
    for (const term of antiAffinity.preferred) this.count('preferredAntiAffinity', term, slot, change);
  }

  nodeMoved(topology: TopologyIndex, slot: number, from: number, to: number): void {
    for (const { owners } of this.terms.values()) owners.moved(topology, slot, from, to);
  }

  /** The terms of these kinds that speak of this pod. */
  about(pod: PodRecord, kinds: readonly TermKind[]): OwnedTerm[] {
    const found: OwnedTerm[] = [];
    this.index.visitCandidates(pod, (owned) => {
      if (kinds.includes(owned.kind) && selectsPod(owned.term.selector, pod, this.labelsOf)) found.push(owned);
    });
    return found;
  }

  private count(kind: TermKind, term: AffinityTerm, slot: number, change: 1 | -1): void {
    const identity = `${kind} ${term.weight} ${term.topologyKey} ${term.selector.identity}`;
    let owned = this.terms.get(identity);
    if (owned === undefined) {
      owned = { kind, term, owners: new PodCounts() };
      this.terms.set(identity, owned);
      this.index.add(term.selector, owned);
    }
    owned.owners.add(slot, change);
    if (owned.owners.total > 0) return;
    this.terms.delete(identity);
    this.index.remove(owned.term.selector, owned);
  }
}
