import type { ClusterSnapshot } from '../cluster-snapshot/cluster-snapshot.js';
import { irrelevant, type AnyPlugin } from '../framework/plugin.js';
import type { PodRecord } from '../framework/pod-record.js';
import type { Verdict } from '../framework/verdict.js';

/** What one plugin says of each node: `fits`, or its reasons. */
export function filtered(plugin: AnyPlugin, pod: PodRecord, cluster: ClusterSnapshot): Record<string, string> {
  const state: unknown = plugin.preFilter?.(pod, cluster);
  return byNode(cluster, (slot) => {
    if (state === irrelevant) return 'fits';
    const verdict: Verdict = plugin.filter?.(state, slot, cluster) ?? { fits: true };
    return verdict.fits ? 'fits' : verdict.reasons.join(', ');
  });
}

/** The plugin's normalized score of each node; undefined if it has nothing to say. */
export function scored(
  plugin: AnyPlugin,
  pod: PodRecord,
  cluster: ClusterSnapshot,
): Record<string, number> | undefined {
  const slots = Int32Array.from(cluster.order);
  const nodes = { slots, count: slots.length };
  const state: unknown = plugin.preScore?.(pod, cluster, nodes);
  if (state === irrelevant) return undefined;
  const scores = Float64Array.from(slots, (slot) => plugin.score?.(state, slot, cluster) ?? 0);
  plugin.normalize?.(scores, nodes, state, cluster);
  return Object.fromEntries([...slots].map((slot, i) => [cluster.nodeName(slot), scores[i] ?? 0]));
}

const byNode = <T>(cluster: ClusterSnapshot, of: (slot: number) => T): Record<string, T> =>
  Object.fromEntries(cluster.order.map((slot) => [cluster.nodeName(slot), of(slot)]));
