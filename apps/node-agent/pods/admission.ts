import type { Node, NodeSelectorRequirement, NodeSelectorTerm } from '@shiplog/domain';
import type { WaitingReason } from './container.status.js';
import { containersOf, type StoredPod } from './pod.js';
import { milliOf, quantityOf } from './quantity.js';

/** Why the node cannot take the pod beside those that it has: the reason and message of the failed pod. Pure. */
export function refusal(pod: StoredPod, node: Node, others: readonly StoredPod[]): WaitingReason | undefined {
  if (!matchesNode(pod, node))
    return rejected('NodeAffinity', "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
  const taken = new Set(others.flatMap(hostPortsOf));
  if (hostPortsOf(pod).some((port) => taken.has(port)))
    return rejected(
      'NodePorts',
      "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    );
  const allocatable = node.status?.allocatable ?? {};
  const podLimit = quantityOf(allocatable['pods']);
  if (podLimit > 0 && others.length + 1 > podLimit) return lacking('pods', 1, others.length, podLimit);
  for (const [resource, wanted] of requestsOf(pod)) {
    const unit = resource === 'cpu' ? milliOf : quantityOf;
    const capacity = unit(allocatable[resource]);
    const used = others.reduce((sum, other) => sum + (requestsOf(other).get(resource) ?? 0), 0);
    if (wanted > 0 && used + wanted > capacity) return lacking(resource, wanted, used, capacity);
  }
  return undefined;
}

const rejected = (reason: string, message: string): WaitingReason => ({
  reason,
  message: `Pod was rejected: ${message}`,
});

const lacking = (resource: string, requested: number, used: number, capacity: number): WaitingReason =>
  rejected(
    `OutOf${resource}`,
    `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  );

/**
 * What a pod asks of its node, cpu in thousandths: the sum of what runs side by side, or what an init container needs beside the
 * sidecars started before it, whichever is more; and the overhead. Pure.
 */
export function requestsOf(pod: StoredPod): Map<string, number> {
  const running = new Map<string, number>();
  const initial = new Map<string, number>();
  for (const { role, spec } of containersOf(pod)) {
    for (const [resource, text] of Object.entries({ ...spec.resources?.limits, ...spec.resources?.requests })) {
      const amount = resource === 'cpu' ? milliOf(text) : quantityOf(text);
      const sum = (running.get(resource) ?? 0) + amount;
      if (role === 'init') initial.set(resource, Math.max(initial.get(resource) ?? 0, sum));
      else running.set(resource, sum);
    }
  }
  for (const [resource, amount] of initial) running.set(resource, Math.max(running.get(resource) ?? 0, amount));
  for (const [resource, text] of Object.entries(pod.spec.overhead ?? {})) {
    const amount = resource === 'cpu' ? milliOf(text) : quantityOf(text);
    running.set(resource, (running.get(resource) ?? 0) + amount);
  }
  return running;
}

const hostPortsOf = (pod: StoredPod): string[] =>
  containersOf(pod).flatMap(({ spec }) =>
    (spec.ports ?? []).flatMap(({ hostPort, protocol, hostIP }) =>
      hostPort ? [`${protocol ?? 'TCP'}/${hostIP || '0.0.0.0'}/${hostPort}`] : [],
    ),
  );

function matchesNode({ spec }: StoredPod, node: Node): boolean {
  const labels = node.metadata?.labels ?? {};
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return (
    selected &&
    (!required || required.nodeSelectorTerms.some((term) => matchesTerm(term, labels, node.metadata?.name ?? '')))
  );
}

function matchesTerm(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  labels: Record<string, string>,
  name: string,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => matchesRequirement(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) =>
      matchesRequirement(requirement, requirement.key === 'metadata.name' ? name : undefined),
    )
  );
}

function matchesRequirement({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
