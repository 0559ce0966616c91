import type { Labels } from '@shiplog/domain';

export const zoneOf = (labels: Labels): string =>
  `${labels['topology.kubernetes.io/region'] ?? ''}/${labels['topology.kubernetes.io/zone'] ?? ''}`;

/** The nodes with their zones taking turns, so that the first feasible ones found are not all in one zone. */
export function zoneInterleaved(slots: readonly number[], labelsOf: (slot: number) => Labels): number[] {
  const zones = new Map<string, number[]>();
  for (const slot of slots) {
    const zone = zoneOf(labelsOf(slot));
    const nodes = zones.get(zone);
    if (nodes === undefined) zones.set(zone, [slot]);
    else nodes.push(slot);
  }
  const ordered: number[] = [];
  const queues = [...zones.values()];
  for (let round = 0; ordered.length < slots.length; round++)
    for (const queue of queues) {
      const slot = queue[round];
      if (slot !== undefined) ordered.push(slot);
    }
  return ordered;
}
