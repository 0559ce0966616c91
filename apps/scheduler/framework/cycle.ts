import type { ClusterSnapshot, NodeSlot } from '../cluster-snapshot/cluster-snapshot.js';
import { irrelevant, type AnyPlugin, type WeightedPlugin } from './plugin.js';
import type { PodRecord } from './pod-record.js';
import { fits, type Rejection, type Verdict } from './verdict.js';

/** The filters that concern one pod, each with what it found out about the pod. */
export interface Filters {
  readonly plugins: readonly AnyPlugin[];
  readonly states: readonly unknown[];
}

export interface Rejected {
  readonly plugin: string;
  readonly verdict: Rejection;
}

const isRejection = (result: unknown): result is Rejection =>
  typeof result === 'object' && result !== null && 'fits' in result && result.fits === false;

/** Asks every plugin what it has to check for this pod. A plugin may reject it for all nodes at once. */
export function prepareFilters(
  pod: PodRecord,
  cluster: ClusterSnapshot,
  plugins: readonly WeightedPlugin[],
): Filters | Rejected {
  const concerned: AnyPlugin[] = [];
  const states: unknown[] = [];
  for (const { plugin } of plugins) {
    if (plugin.filter === undefined) continue;
    const result: unknown = plugin.preFilter?.(pod, cluster);
    if (result === irrelevant) continue;
    if (isRejection(result)) return { plugin: plugin.name, verdict: result };
    concerned.push(plugin);
    states.push(result);
  }
  return { plugins: concerned, states };
}

/** The same filters after pods have come or gone; only plugins that count pods are asked again. */
export function refreshedFilters(pod: PodRecord, cluster: ClusterSnapshot, filters: Filters): Filters | Rejected {
  if (!filters.plugins.some(({ countsPods }) => countsPods)) return filters;
  const states: unknown[] = [];
  for (const [i, plugin] of filters.plugins.entries()) {
    const state: unknown = plugin.countsPods ? plugin.preFilter?.(pod, cluster) : filters.states[i];
    if (isRejection(state)) return { plugin: plugin.name, verdict: state };
    states.push(state);
  }
  return { plugins: filters.plugins, states };
}

/** The first plugin's no, or yes. Allocates nothing. `rejectedBy` is told who said no. */
export function filterNode(
  { plugins, states }: Filters,
  slot: NodeSlot,
  cluster: ClusterSnapshot,
  rejectedBy?: Set<string>,
): Verdict {
  for (let i = 0; i < plugins.length; i++) {
    const plugin = plugins[i];
    const state = states[i];
    const verdict: Verdict = state === irrelevant ? fits : (plugin?.filter?.(state, slot, cluster) ?? fits);
    if (verdict.fits) continue;
    if (plugin !== undefined) rejectedBy?.add(plugin.name);
    return verdict;
  }
  return fits;
}
