import { measured, tallies } from '@shiplog/component-base';
import type { Zone } from './zones.js';

const labelNames = ['zone'] as const;
const zones = new Map<string, Zone>();

function* ofZones(value: (zone: Zone) => number): Iterable<readonly [{ zone: string }, number]> {
  for (const [name, zone] of zones) if (zone.ready + zone.notReady > 0) yield [{ zone: name }, value(zone)];
}

measured({ name: 'node_collector_zone_size', help: 'Nodes of the zone', labelNames }, () =>
  ofZones(({ ready, notReady }) => ready + notReady),
);
measured({ name: 'node_collector_unhealthy_nodes_in_zone', help: 'Nodes that are not ready', labelNames }, () =>
  ofZones(({ notReady }) => notReady),
);
measured({ name: 'node_collector_zone_health', help: 'Percentage of nodes that are ready', labelNames }, () =>
  ofZones(({ ready, notReady }) => (100 * ready) / (ready + notReady)),
);
const evictions = tallies({
  name: 'node_collector_evictions_total',
  help: 'Lost nodes that were cleared of their pods',
  labelNames,
});

/** How the zone was found when one of its nodes was looked at. */
export const zoneSeen = (name: string, zone: Zone): void => void zones.set(name, zone);

export const nodeCleared = (zone: string): void => evictions({ zone }).add(1);
