import type { PodRecord } from '../framework/pod-record.js';
import { selectsPod, type NamespaceLabels, type PodSelector } from '../framework/pod-selector.js';
import { PodCounts } from './pod-counts.js';
import { SelectorIndex } from './selector-index.js';
import type { TopologyIndex } from './topology-index.js';

interface Counter {
  readonly selectors: readonly PodSelector[];
  readonly counts: PodCounts;
  lastAsked: number;
}

export interface PlacedPod {
  readonly record: PodRecord;
  readonly slot: number;
}

const maxCounters = 4_000;

/**
 * Counts of the pods that a selector selects (all of several: that every one selects). Counted once when a selector is new, and kept from then on, so
 * that spreading and affinity never look at pods again.
 */
export class PodCounters {
  private readonly counters = new Map<string, Counter>();
  private readonly index = new SelectorIndex<Counter>();
  private asked = 0;

  constructor(
    private readonly placedPods: () => Iterable<PlacedPod>,
    private readonly labelsOf: NamespaceLabels,
  ) {}

  of(selectors: readonly PodSelector[]): PodCounts {
    const identity =
      selectors.length === 1 ? (selectors[0]?.identity ?? '') : selectors.map((one) => one.identity).join('&');
    const counter = this.counters.get(identity) ?? this.count(identity, selectors);
    counter.lastAsked = ++this.asked;
    return counter.counts;
  }

  podPlaced(record: PodRecord, slot: number, change: 1 | -1): void {
    this.index.visitCandidates(record, (counter) => {
      if (this.selects(counter, record)) counter.counts.add(slot, change);
    });
  }

  nodeMoved(topology: TopologyIndex, slot: number, from: number, to: number): void {
    for (const { counts } of this.counters.values()) counts.moved(topology, slot, from, to);
  }

  /** Namespaces have other labels now: what selects by them is counted anew when next asked for. */
  namespacesChanged(): void {
    for (const [identity, counter] of this.counters)
      if (counter.selectors.some(({ namespaceMatcher }) => namespaceMatcher !== undefined))
        this.drop(identity, counter);
  }

  private selects({ selectors }: Counter, record: PodRecord): boolean {
    for (const selector of selectors) if (!selectsPod(selector, record, this.labelsOf)) return false;
    return true;
  }

  private count(identity: string, selectors: readonly PodSelector[]): Counter {
    if (this.counters.size >= maxCounters) this.dropOldest();
    const counter: Counter = { selectors, counts: new PodCounts(), lastAsked: 0 };
    for (const { record, slot } of this.placedPods()) if (this.selects(counter, record)) counter.counts.add(slot, 1);
    this.counters.set(identity, counter);
    if (selectors[0] !== undefined) this.index.add(selectors[0], counter);
    return counter;
  }

  private dropOldest(): void {
    const byAge = [...this.counters].sort(([, a], [, b]) => a.lastAsked - b.lastAsked);
    for (const [identity, counter] of byAge.slice(0, maxCounters / 4)) this.drop(identity, counter);
  }

  private drop(identity: string, counter: Counter): void {
    this.counters.delete(identity);
    if (counter.selectors[0] !== undefined) this.index.remove(counter.selectors[0], counter);
  }
}
