import type { Node } from '@shiplog/domain';

/** The nodes of one zone that count when it is judged whether the zone or its nodes are at fault. */
export interface Zone {
  readonly ready: number;
  readonly notReady: number;
}

/** Nodes per second that are cleared of their pods, and where that changes. */
export interface EvictionRates {
  readonly normal: number;
  /** In a zone of more than `largeZone` nodes of which too many are not ready; in a smaller one nobody is evicted. */
  readonly secondary: number;
  readonly largeZone: number;
  /** From this fraction of nodes on, and from three of them, a zone counts as unhealthy. */
  readonly unhealthyFraction: number;
}

/** Source: the flags of kube-controller-manager. */
export const defaultEvictionRates: EvictionRates = {
  normal: 0.1,
  secondary: 0.01,
  largeZone: 50,
  unhealthyFraction: 0.55,
};

const exclusionLabel = 'node.kubernetes.io/exclude-disruption';
const [zoneLabel, regionLabel] = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];
const [oldZoneLabel, oldRegionLabel] = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
];

/** The zone of a node; nodes without one make up a zone of their own. */
export function zoneOf({ metadata: { labels = {} } }: Pick<Node, 'metadata'>): string {
  const zone = labels[oldZoneLabel] ?? labels[zoneLabel] ?? '';
  const region = labels[oldRegionLabel] ?? labels[regionLabel] ?? '';
  return region === '' && zone === '' ? '' : `${region}/${zone}`;
}

/** Whether the node counts when its zone is judged. */
export const countsInZone = ({ metadata }: Pick<Node, 'metadata'>): boolean =>
  metadata.labels?.[exclusionLabel] === undefined;

/** How many nodes per second may be cleared in the zone. A zone without a ready node is taken to have failed: its nodes are cleared. Pure. */
export function evictionRate({ ready, notReady }: Zone, rates: EvictionRates): number {
  const size = ready + notReady;
  const isUnhealthy = ready > 0 && notReady > 2 && notReady / size >= rates.unhealthyFraction;
  if (!isUnhealthy) return rates.normal;
  return size > rates.largeZone ? rates.secondary : 0;
}
