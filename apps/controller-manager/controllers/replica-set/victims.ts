import type { Pod } from '@shiplog/domain';
import { isReady, readySince } from '../../objects/pod-state.js';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phaseOrder: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

interface Candidate {
  readonly pod: Pod;
  /** How many related active pods share its node. */
  readonly crowd: number;
}

type Order = (a: Candidate, b: Candidate, now: number) => number;

const cost = ({ metadata }: Pod): number => Number(metadata.annotations?.[deletionCost] ?? 0) || 0;

const maxOf = (counts: readonly number[]): number => counts.reduce((max, count) => Math.max(max, count), 0);
const restarts = ({ status }: Pod): number => maxOf((status?.containerStatuses ?? []).map((c) => c.restartCount ?? 0));
function sidecarRestarts({ spec, status }: Pod): number {
  const sidecars = new Set((spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  return maxOf(
    (status?.initContainerStatuses ?? []).filter((c) => sidecars.has(c.name)).map((c) => c.restartCount ?? 0),
  );
}

/** Ages compare by their order of magnitude, so that scaling down does not always hit the newest; within one, by uid. */
function byMagnitudeOfAge(a: number | undefined, b: number | undefined, pods: [Pod, Pod], now: number): number {
  if (a === b) return 0;
  if (!a || !b) return a ? 1 : -1;
  const magnitude = (at: number): number => (now > at ? Math.floor(Math.log2((now - at) * 1e6)) : -1);
  const difference = magnitude(a) - magnitude(b);
  if (difference !== 0) return difference;
  return (pods[0].metadata.uid ?? '') < (pods[1].metadata.uid ?? '') ? -1 : 1;
}

/** Which of two pods goes first, rule by rule (API reference of ReplicaSet, "scaling down"). */
const orders: readonly Order[] = [
  ({ pod: a }, { pod: b }) => Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName)),
  ({ pod: a }, { pod: b }) => (phaseOrder[a.status?.phase ?? ''] ?? 0) - (phaseOrder[b.status?.phase ?? ''] ?? 0),
  ({ pod: a }, { pod: b }) => Number(isReady(a)) - Number(isReady(b)),
  ({ pod: a }, { pod: b }) => cost(a) - cost(b),
  (a, b) => b.crowd - a.crowd,
  ({ pod: a }, { pod: b }, now) => (isReady(a) ? byMagnitudeOfAge(readySince(a), readySince(b), [a, b], now) : 0),
  ({ pod: a }, { pod: b }) => restarts(b) - restarts(a),
  ({ pod: a }, { pod: b }) => sidecarRestarts(b) - sidecarRestarts(a),
  ({ pod: a }, { pod: b }, now) =>
    byMagnitudeOfAge(
      Date.parse(a.metadata.creationTimestamp ?? ''),
      Date.parse(b.metadata.creationTimestamp ?? ''),
      [a, b],
      now,
    ),
];

/** The `count` pods whose loss costs least. `related`: active pods of the same purpose, to spare those that are alone on a node. Pure. */
export function leastValuable(pods: readonly Pod[], count: number, related: readonly Pod[], now: Date): Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const { spec } of related) if (spec?.nodeName) onNode.set(spec.nodeName, (onNode.get(spec.nodeName) ?? 0) + 1);
  return pods
    .map((pod): Candidate => ({ pod, crowd: onNode.get(pod.spec?.nodeName ?? '') ?? 0 }))
    .sort((a, b) => {
      for (const order of orders) {
        const difference = order(a, b, now.getTime());
        if (difference !== 0) return difference;
      }
      return 0;
    })
    .slice(0, count)
    .map(({ pod }) => pod);
}
