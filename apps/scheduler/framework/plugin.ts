import type { ClusterSnapshot, NodeSlot } from '../cluster-snapshot/cluster-snapshot.js';
import type { Retry } from './cluster-event.js';
import type { PodRecord } from './pod-record.js';
import type { Rejection, Verdict } from './verdict.js';

/** The plugin has nothing to say about this pod; its filter or score is not asked. */
export const irrelevant = Symbol('irrelevant');
export type Irrelevant = typeof irrelevant;

/** The nodes that passed the filters, as the first `count` of `slots`. Valid during the cycle only. */
export interface FeasibleNodes {
  readonly slots: Int32Array;
  readonly count: number;
}

/**
 * One rule about where pods go. `preFilter` and `preScore` look at the pod once and answer the state that `filter` and `score` get for every node;
 * those are the hot path: they read flat arrays by slot and allocate nothing. All are pure over the snapshot.
 */
export interface SchedulerPlugin<FilterState = never, ScoreState = never> {
  readonly name: string;
  /** What `preFilter` finds depends on which pods are placed: it is asked again when pods are taken away to try whether that helps. */
  readonly countsPods?: true;
  /** A rejection is for all nodes at once. */
  preFilter?(pod: PodRecord, cluster: ClusterSnapshot): FilterState | Irrelevant | Rejection;
  filter?(state: FilterState, slot: NodeSlot, cluster: ClusterSnapshot): Verdict;
  preScore?(pod: PodRecord, cluster: ClusterSnapshot, nodes: FeasibleNodes): ScoreState | Irrelevant;
  /** Any number if the plugin normalizes, else 0 to 100; more is better. */
  score?(state: ScoreState, slot: NodeSlot, cluster: ClusterSnapshot): number;
  /** Brings the first `count` scores to 0 to 100, in place. */
  normalize?(scores: Float64Array, nodes: FeasibleNodes, state: ScoreState, cluster: ClusterSnapshot): void;
  /** What may make a pod fit that this plugin rejected. */
  readonly retryOn: readonly Retry[];
}

/** The one place where the state types are given up: the list of plugins. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyPlugin = SchedulerPlugin<any, any>;

export interface WeightedPlugin {
  readonly plugin: AnyPlugin;
  /** How much its score counts; 0 for plugins that only filter. */
  readonly weight: number;
}

export const maxScore = 100;

/** Scales scores so that the highest becomes 100; `reverse` for counts of what is disliked. All zero stays zero, reversed 100. */
export function normalizeByHighest(scores: Float64Array, count: number, reverse: boolean): void {
  let highest = 0;
  for (let i = 0; i < count; i++) highest = Math.max(highest, scores[i] ?? 0);
  for (let i = 0; i < count; i++) {
    const scaled = highest === 0 ? 0 : Math.floor((maxScore * (scores[i] ?? 0)) / highest);
    scores[i] = reverse ? maxScore - scaled : scaled;
  }
}
