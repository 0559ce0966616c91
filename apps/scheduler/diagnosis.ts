import type { NodeSlot } from './cluster-snapshot/cluster-snapshot.js';
import type { Rejection } from './framework/verdict.js';

/** Why a pod fits nowhere. */
export interface Diagnosis {
  readonly nodeCount: number;
  /** What each node that was looked at lacks, by slot. Reused by the next cycle: read it at once. */
  readonly rejections: readonly (Rejection | undefined)[];
  readonly slots: readonly NodeSlot[];
  /** The plugins that said no. */
  readonly plugins: ReadonlySet<string>;
  /** Said of the pod as a whole, for no node in particular. */
  readonly whole?: Rejection;
}

/** `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.` with `after` behind it, as kubectl users know it. */
export function unavailableText({ nodeCount, rejections, slots, whole }: Diagnosis, after = ''): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const head = `0/${nodeCount} nodes are available:`;
  const tail = after === '' ? '' : ` ${after}`;
  if (whole !== undefined) return `${head} ${whole.reasons.join(', ')}.${tail}`;
  const counts = new Map<string, number>();
  for (const slot of slots)
    for (const reason of rejections[slot]?.reasons ?? []) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return `${head}${histogram(counts)}${tail}`;
}

/** Sorted as text, as the reference sorts it. */
export function histogram(counts: ReadonlyMap<string, number>): string {
  const lines = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return lines.length === 0 ? '' : ` ${lines.join(', ')}.`;
}
