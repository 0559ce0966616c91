import type { ClusterSnapshot, NodeSlot } from './cluster-snapshot/cluster-snapshot.js';
import type { Diagnosis } from './diagnosis.js';
import { filterNode, prepareFilters, type Filters } from './framework/cycle.js';
import { filterWithNominated } from './framework/filter-with-nominated.js';
import { Nominations } from './framework/nominations.js';
import { irrelevant, type FeasibleNodes, type WeightedPlugin } from './framework/plugin.js';
import type { PodRecord } from './framework/pod-record.js';
import { unresolvable, type Rejection } from './framework/verdict.js';

export type Decision =
  | { readonly node: string; readonly feasible: number; readonly evaluated: number }
  | { readonly node?: undefined; readonly diagnosis: Diagnosis };

/** The parts of a decision, by the extension points that they are made of. */
export type DecisionPart = 'PreFilter' | 'Filter' | 'Score';

const minNodesToFind = 100;
const minPercentage = 5;

/** How many fitting nodes are enough: all in small clusters, fewer percent the larger it is (percentageOfNodesToScore, unset: adaptive). */
export function nodesToFind(nodeCount: number, percentage = 0): number {
  if (nodeCount < minNodesToFind) return nodeCount;
  const adaptive = Math.max(50 - Math.trunc(nodeCount / 125), minPercentage);
  return Math.max(Math.trunc((nodeCount * (percentage > 0 ? percentage : adaptive)) / 100), minNodesToFind);
}

export interface PodSchedulingOptions {
  readonly plugins: readonly WeightedPlugin[];
  readonly percentageOfNodesToScore?: number;
  /** 0 to 1; decides between equally good nodes. */
  readonly random?: () => number;
  /** Told what each part of a decision took. */
  readonly passed?: (point: DecisionPart, fits: boolean, ms: number) => void;
}

const noNodes = unresolvable('no nodes available to schedule pods');

/** Decides where a pod goes. Keeps its scratch arrays and the place where the next search starts; changes nothing else. */
export class PodScheduling {
  private readonly rejections: (Rejection | undefined)[] = [];
  private slots = new Int32Array(128);
  private totals = new Float64Array(128);
  private scores = new Float64Array(128);
  private start = 0;

  constructor(private readonly options: PodSchedulingOptions) {}

  decide(pod: PodRecord, cluster: ClusterSnapshot, nominations: Nominations = new Nominations()): Decision {
    const { plugins, passed } = this.options;
    const order = cluster.order;
    if (order.length === 0) return { diagnosis: this.diagnosis(cluster, new Set(), noNodes) };
    const began = performance.now();
    const filters = prepareFilters(pod, cluster, plugins);
    const prepared = performance.now();
    passed?.('PreFilter', !('verdict' in filters), prepared - began);
    if ('verdict' in filters) return { diagnosis: this.diagnosis(cluster, new Set([filters.plugin]), filters.verdict) };
    const rejectedBy = new Set<string>();
    const nominated = this.nominatedNode(pod, filters, cluster, nominations);
    if (nominated !== undefined) return { node: nominated, feasible: 1, evaluated: 1 };
    const { count, evaluated } = this.findFeasible(pod, filters, cluster, nominations, rejectedBy);
    const filtered = performance.now();
    passed?.('Filter', count > 0, filtered - prepared);
    if (count === 0) return { diagnosis: this.diagnosis(cluster, rejectedBy) };
    const feasible = { slots: this.slots, count };
    const chosen = count === 1 ? 0 : this.best(pod, cluster, feasible);
    if (count > 1) passed?.('Score', true, performance.now() - filtered);
    return { node: cluster.nodeName(this.slots[chosen] ?? 0), feasible: count, evaluated };
  }

  /** The node that was cleared for the pod is tried first. */
  private nominatedNode(
    pod: PodRecord,
    filters: Filters,
    cluster: ClusterSnapshot,
    nominations: Nominations,
  ): string | undefined {
    const name = nominations.nodeNameOf(pod.key);
    const slot = name === undefined ? undefined : cluster.slotOf(name);
    if (slot === undefined) return undefined;
    return filterWithNominated(pod, slot, filters, nominations, cluster, this.options.plugins).fits ? name : undefined;
  }

  private findFeasible(
    pod: PodRecord,
    filters: Filters,
    cluster: ClusterSnapshot,
    nominations: Nominations,
    rejectedBy: Set<string>,
  ): { count: number; evaluated: number } {
    const order = cluster.order;
    const enough = nodesToFind(order.length, this.options.percentageOfNodesToScore);
    this.reserve(enough);
    this.rejections.fill(undefined);
    const isContended = nominations.size > 0;
    let count = 0;
    let evaluated = 0;
    while (evaluated < order.length && count < enough) {
      const slot = order[(this.start + evaluated++) % order.length] as NodeSlot;
      const verdict = isContended
        ? filterWithNominated(pod, slot, filters, nominations, cluster, this.options.plugins, rejectedBy)
        : filterNode(filters, slot, cluster, rejectedBy);
      if (verdict.fits) this.slots[count++] = slot;
      else this.rejections[slot] = verdict;
    }
    this.start = (this.start + evaluated) % order.length;
    return { count, evaluated };
  }

  private reserve(count: number): void {
    if (this.slots.length >= count) return;
    this.slots = new Int32Array(count * 2);
    this.totals = new Float64Array(count * 2);
    this.scores = new Float64Array(count * 2);
  }

  /** Index of the node with the highest weighted score; among equals any, with equal chance. */
  private best(pod: PodRecord, cluster: ClusterSnapshot, nodes: FeasibleNodes): number {
    const { count } = nodes;
    this.totals.fill(0, 0, count);
    for (const { plugin, weight } of this.options.plugins) {
      if (plugin.score === undefined || weight === 0) continue;
      const state: unknown = plugin.preScore?.(pod, cluster, nodes);
      if (state === irrelevant) continue;
      for (let i = 0; i < count; i++) this.scores[i] = plugin.score(state, nodes.slots[i] ?? 0, cluster);
      plugin.normalize?.(this.scores, nodes, state, cluster);
      for (let i = 0; i < count; i++) this.totals[i] = (this.totals[i] ?? 0) + weight * (this.scores[i] ?? 0);
    }
    return this.highest(count);
  }

  private highest(count: number): number {
    const random = this.options.random ?? Math.random;
    let best = 0;
    let equals = 1;
    for (let i = 1; i < count; i++) {
      const difference = (this.totals[i] ?? 0) - (this.totals[best] ?? 0);
      if (difference > 0) {
        best = i;
        equals = 1;
      } else if (difference === 0 && random() * ++equals < 1) best = i;
    }
    return best;
  }

  private diagnosis(cluster: ClusterSnapshot, plugins: ReadonlySet<string>, whole?: Rejection): Diagnosis {
    return {
      nodeCount: cluster.nodeCount,
      rejections: this.rejections,
      slots: cluster.order,
      plugins,
      ...(whole === undefined ? {} : { whole }),
    };
  }
}
