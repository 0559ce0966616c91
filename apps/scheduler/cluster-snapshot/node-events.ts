import { deepEqual, type Node } from '@shiplog/domain';
import type { ClusterEvent } from '../framework/cluster-event.js';
import { amountOf } from '../framework/pod-requests.js';

/** What a changed node may open for waiting pods. Heartbeats open nothing. */
export function nodeEvents(before: Node, after: Node): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (grew(before, after)) events.push({ type: 'nodeAllocatableGrew', node: after });
  if (!deepEqual(before.metadata.labels, after.metadata.labels))
    events.push({ type: 'nodeLabelsChanged', node: after });
  if (!deepEqual(before.spec.taints, after.spec.taints) || before.spec.unschedulable !== after.spec.unschedulable)
    events.push({ type: 'nodeTaintsChanged', node: after });
  return events;
}

function grew(before: Node, after: Node): boolean {
  const old = before.status?.allocatable ?? {};
  const now = after.status?.allocatable ?? {};
  return Object.keys(now).some((name) => amountOf(name, now[name] ?? 0) > amountOf(name, old[name] ?? 0));
}
