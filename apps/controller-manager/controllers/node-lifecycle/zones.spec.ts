import type { Node } from '@shiplog/domain';
import { countsInZone, defaultEvictionRates, evictionRate, zoneOf, type Zone } from './zones.js';

const labelled = (labels?: Record<string, string>): Pick<Node, 'metadata'> => ({ metadata: { name: 'n', labels } });

test.each<[string, Zone, number]>([
  ['of healthy nodes', { ready: 100, notReady: 0 }, 0.1],
  ['of which a little more than half is ready', { ready: 46, notReady: 54 }, 0.1],
  ['of which too few are ready', { ready: 45, notReady: 55 }, 0.01],
  ['of a few nodes of which too few are ready', { ready: 22, notReady: 28 }, 0],
  ['of one more', { ready: 22, notReady: 29 }, 0.01],
  ['of three nodes of which two have failed', { ready: 1, notReady: 2 }, 0.1],
  ['of four nodes of which three have failed', { ready: 1, notReady: 3 }, 0],
  ['that has failed as a whole', { ready: 0, notReady: 100 }, 0.1],
])('a zone %s', (_, zone, perSecond) => expect(evictionRate(zone, defaultEvictionRates)).toBe(perSecond));

test.each([
  [undefined, ''],
  [{ 'topology.kubernetes.io/zone': 'z' }, '/z'],
  [{ 'topology.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r' }, 'r/z'],
  [{ 'topology.kubernetes.io/zone': 'z', 'failure-domain.beta.kubernetes.io/zone': 'old' }, '/old'],
])('the zone of a node with labels %j', (labels, zone) => expect(zoneOf(labelled(labels))).toBe(zone));

test('a node that is excluded from disruption checks does not count', () =>
  expect([countsInZone(labelled()), countsInZone(labelled({ 'node.kubernetes.io/exclude-disruption': '' }))]).toEqual([
    true,
    false,
  ]));
