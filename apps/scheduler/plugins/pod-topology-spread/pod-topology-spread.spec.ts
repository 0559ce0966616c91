import type { TopologySpreadConstraint } from '@shiplog/domain';
import { aCluster, aNode, aRecord, zone } from '../../testing/builders.js';
import { filtered, scored } from '../../testing/ask-plugin.js';
import { podTopologySpread } from './pod-topology-spread.plugin.js';

const web = { app: 'web' };
const zoneKey = 'topology.kubernetes.io/zone';
const constraint = (more: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey: zoneKey,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: web },
  ...more,
});
const spreading = (...topologySpreadConstraints: TopologySpreadConstraint[]) =>
  aRecord('p', { labels: web, spec: { topologySpreadConstraints } });
const pods = (zoneName: string, count: number, labels: Record<string, string> = web) =>
  Array.from({ length: count }, (_, i) => aRecord(`${zoneName}-${i}-${JSON.stringify(labels)}`, { labels }));
const uneven = "node(s) didn't match pod topology spread constraints";

/** Two web pods in zone a, one in zone b, none in zone c; a node without a zone. */
const cluster = () =>
  aCluster(
    [aNode('a', { labels: zone('a') }), ...pods('a', 2)],
    [aNode('b', { labels: zone('b') }), ...pods('b', 1), ...pods('b', 5, { app: 'other' })],
    [aNode('c', { labels: { ...zone('c'), disk: 'ssd' } })],
    [aNode('bare')],
  );
const missing = `${uneven} (missing required label)`;

const cases: [name: string, constraints: TopologySpreadConstraint[], verdicts: Record<string, string>][] = [
  ['the emptiest zone', [constraint()], { a: uneven, b: uneven, c: 'fits', bare: missing }],
  ['a larger skew', [constraint({ maxSkew: 2 })], { a: uneven, b: 'fits', c: 'fits', bare: missing }],
  [
    'soft constraints do not filter',
    [constraint({ whenUnsatisfiable: 'ScheduleAnyway' })],
    { a: 'fits', b: 'fits', c: 'fits', bare: 'fits' },
  ],
  [
    'too few domains count as empty',
    [constraint({ minDomains: 4, maxSkew: 2 })],
    { a: uneven, b: 'fits', c: 'fits', bare: missing },
  ],
  [
    'enough domains do not',
    [constraint({ minDomains: 3, maxSkew: 3 })],
    { a: 'fits', b: 'fits', c: 'fits', bare: missing },
  ],
  [
    'by host',
    [constraint({ topologyKey: 'kubernetes.io/hostname' })],
    { a: uneven, b: uneven, c: 'fits', bare: 'fits' },
  ],
  [
    'both constraints',
    [constraint({ maxSkew: 2 }), constraint({ topologyKey: 'kubernetes.io/hostname' })],
    { a: uneven, b: uneven, c: 'fits', bare: missing },
  ],
];
test.each(cases)('%s', (_, constraints, verdicts) => {
  expect(filtered(podTopologySpread, spreading(...constraints), cluster())).toEqual(verdicts);
});

it('counts only nodes that the pod may run on, unless told otherwise', () => {
  const onA = (more: Partial<TopologySpreadConstraint>) =>
    aRecord('p', { labels: web, spec: { nodeSelector: zone('a'), topologySpreadConstraints: [constraint(more)] } });
  expect(filtered(podTopologySpread, onA({}), cluster())['a']).toBe('fits');
  expect(filtered(podTopologySpread, onA({ nodeAffinityPolicy: 'Ignore' }), cluster())['a']).toBe(uneven);
});

it('counts tainted nodes unless told to honor taints', () => {
  const tainted = aCluster(
    [aNode('a', { labels: zone('a') }), ...pods('a', 1)],
    [aNode('b', { labels: zone('b'), taints: [{ key: 'x', effect: 'NoSchedule' }] })],
  );
  expect(filtered(podTopologySpread, spreading(constraint()), tainted)['a']).toBe(uneven);
  expect(filtered(podTopologySpread, spreading(constraint({ nodeTaintsPolicy: 'Honor' })), tainted)['a']).toBe('fits');
});

it('leaves out pods that are going away, other namespaces and other revisions', () => {
  const leaving = aRecord('leaving', { labels: web, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
  const elsewhere = aRecord('elsewhere', { labels: web, namespace: 'other' });
  const old = aRecord('old', { labels: { ...web, hash: '1' } });
  const world = aCluster(
    [aNode('a', { labels: zone('a') }), leaving, elsewhere, old],
    [aNode('b', { labels: zone('b') })],
  );
  const pod = aRecord('p', {
    labels: { ...web, hash: '2' },
    spec: { topologySpreadConstraints: [constraint({ matchLabelKeys: ['hash'] })] },
  });
  expect(filtered(podTopologySpread, pod, world)).toEqual({ a: 'fits', b: 'fits' });
});

it('keeps its counts as pods and nodes come, go and change', () => {
  const world = cluster();
  const pod = spreading(constraint());
  filtered(podTopologySpread, pod, world);
  world.removePod(pods('a', 1)[0]?.key ?? '');
  world.removePod(pods('a', 2)[1]?.key ?? '');
  expect(filtered(podTopologySpread, pod, world)).toEqual({ a: 'fits', b: uneven, c: 'fits', bare: missing });
  world.setNode(aNode('b', { labels: zone('c') }));
  expect(filtered(podTopologySpread, pod, world)).toEqual({ a: 'fits', b: uneven, c: uneven, bare: missing });
  world.removeNode('b');
  expect(filtered(podTopologySpread, pod, world)).toEqual({ a: 'fits', c: 'fits', bare: missing });
});

it('prefers the less crowded domain', () => {
  const scores = scored(podTopologySpread, spreading(constraint({ whenUnsatisfiable: 'ScheduleAnyway' })), cluster());
  expect(scores).toEqual({ a: 0, b: 33, c: 100, bare: 0 });
});

it('spreads what belongs together although it states nothing', () => {
  const world = cluster();
  world.workloads = {
    services: () => [{ metadata: {}, spec: { selector: web } }],
    owner: () => undefined,
  };
  const scores = scored(podTopologySpread, aRecord('p', { labels: web }), world);
  expect(scores?.['a']).toBeLessThan(scores?.['b'] ?? 0);
  expect(scores?.['b']).toBeLessThan(scores?.['c'] ?? 0);
  expect(scored(podTopologySpread, aRecord('p', { labels: { app: 'alone' } }), world)).toBeUndefined();
});
