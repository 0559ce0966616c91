import type { PodDisruptionBudget } from '@shiplog/domain';
import { Nominations } from '../framework/nominations.js';
import { plugins } from '../plugins.js';
import { PodScheduling } from '../schedule-pod.js';
import { aCluster, aNode, aRecord, zone, type PodTraits } from '../testing/builders.js';
import { planPreemption } from './preemption.js';

const pod = (name: string, priority: number, cpu: string, more: PodTraits = {}) =>
  aRecord(name, {
    ...more,
    spec: { priority, containers: [{ name: 'c', resources: { requests: { cpu } } }], ...more.spec },
  });
const started = (startTime: string): PodTraits => ({ status: { startTime } });

function plan(incoming: ReturnType<typeof pod>, cluster: ReturnType<typeof aCluster>, nominations = new Nominations()) {
  const decision = new PodScheduling({ plugins, random: () => 0 }).decide(incoming, cluster, nominations);
  if (decision.node !== undefined) throw new Error(`fits on ${decision.node}`);
  const planned = planPreemption(incoming, decision.diagnosis, nominations, cluster, plugins, () => 0);
  return planned.node === undefined ? planned.why : [planned.node, ...planned.victims.map(({ name }) => name)];
}

const vip = pod('vip', 100, '4');

const cases: [
  name: string,
  nodes: Parameters<typeof aCluster>,
  incoming: ReturnType<typeof pod>,
  expected: string | string[],
][] = [
  ['evicts what is in the way', [[aNode('n'), pod('low', 1, '3')]], vip, ['n', 'low']],
  ['evicts no more than needed', [[aNode('n'), pod('a', 1, '1'), pod('b', 2, '3')]], pod('vip', 100, '3'), ['n', 'b']],
  ['spares the more important', [[aNode('n'), pod('a', 1, '2'), pod('b', 2, '2')]], pod('vip', 100, '2'), ['n', 'a']],
  [
    'spares the longer running of equals',
    [
      [
        aNode('n'),
        pod('old', 1, '2', started('2026-01-01T00:00:00Z')),
        pod('young', 1, '2', started('2026-01-02T00:00:00Z')),
      ],
    ],
    pod('vip', 100, '2'),
    ['n', 'young'],
  ],
  [
    'leaves pods of the same priority alone',
    [[aNode('n'), pod('peer', 100, '3')]],
    vip,
    'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
  ],
  [
    'prefers the node whose worst victim matters least',
    [
      [aNode('a'), pod('mid', 50, '4')],
      [aNode('b'), pod('low', 1, '4')],
    ],
    vip,
    ['b', 'low'],
  ],
  [
    'prefers the smaller sum of priorities',
    [
      [aNode('a'), pod('a1', 5, '2'), pod('a2', 4, '2')],
      [aNode('b'), pod('b1', 5, '4')],
    ],
    vip,
    ['b', 'b1'],
  ],
  [
    'prefers the younger',
    [
      [aNode('a'), pod('old', 1, '4', started('2026-01-01T00:00:00Z'))],
      [aNode('b'), pod('young', 1, '4', started('2026-01-02T00:00:00Z'))],
    ],
    vip,
    ['b', 'young'],
  ],
  [
    'does not try what eviction cannot change',
    [
      [aNode('tainted', { taints: [{ key: 'x', effect: 'NoSchedule' }] }), pod('low', 1, '4')],
      [aNode('small', { allocatable: { cpu: '2' } }), pod('low2', 1, '2')],
    ],
    vip,
    'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  ],
  [
    'says what would still be missing',
    [[aNode('n'), pod('low', 1, '2'), pod('peer', 100, '2')]],
    vip,
    'preemption: 0/1 nodes are available: 1 Insufficient cpu.',
  ],
  [
    'never preempts for who does not want it',
    [[aNode('n'), pod('low', 1, '4')]],
    pod('vip', 100, '4', { spec: { priority: 100, preemptionPolicy: 'Never' } }),
    'preemption: not eligible due to preemptionPolicy=Never.',
  ],
];
test.each(cases)('%s', (_, nodes, incoming, expected) => {
  const cluster = aCluster(...nodes);
  const before = cluster.podCount;
  expect(plan(incoming, cluster)).toEqual(expected);
  expect(cluster.podCount).toBe(before);
});

const budget = (disruptionsAllowed: number, more: Partial<PodDisruptionBudget> = {}) =>
  ({
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } } },
    status: { disruptionsAllowed },
    ...more,
  }) as PodDisruptionBudget;
const web = { labels: { app: 'web' } };
const onOneNode: Parameters<typeof aCluster> = [[aNode('n'), pod('web', 1, '2', web), pod('other', 2, '2')]];
const onTwoNodes: Parameters<typeof aCluster> = [
  [aNode('a'), pod('web', 1, '4', web)],
  [aNode('b'), pod('other', 2, '4')],
];

test.each<[string, Parameters<typeof aCluster>, PodDisruptionBudget[], string, string[]]>([
  ['nobody is protected without a budget', onOneNode, [], '2', ['n', 'web']],
  ['a pod whose budget is used up is spared before a more important one', onOneNode, [budget(0)], '2', ['n', 'other']],
  ['a budget that allows it protects nobody', onOneNode, [budget(1)], '2', ['n', 'web']],
  ['a protected pod has to go where nothing else helps', onOneNode, [budget(0)], '4', ['n', 'other', 'web']],
  ['a node on which no budget is violated is taken first', onTwoNodes, [budget(0)], '4', ['b', 'other']],
  [
    'a pod that is being evicted counts against no budget',
    onTwoNodes,
    [budget(0, { status: { disruptionsAllowed: 0, disruptedPods: { web: '2026-01-01T00:00:00Z' } } })],
    '4',
    ['a', 'web'],
  ],
  ['a budget without selector protects nobody', onTwoNodes, [budget(0, { spec: {} })], '4', ['a', 'web']],
])('%s', (_, nodes, budgets, cpu, expected) => {
  const cluster = aCluster(...nodes);
  cluster.budgetsIn = (namespace) => budgets.filter(({ metadata }) => metadata.namespace === namespace);
  expect(plan(pod('vip', 100, cpu), cluster)).toEqual(expected);
});

it('makes room in a zone that is too crowded', () => {
  const keyed = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'topology.kubernetes.io/zone' };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [keyed] } };
  const cluster = aCluster([aNode('a', { labels: zone('a') }), pod('web-1', 1, '1', { labels: { app: 'web' } })]);
  expect(plan(pod('web-2', 9, '1', { labels: { app: 'web' }, spec: { affinity } }), cluster)).toEqual(['a', 'web-1']);
});

it('waits while pods are leaving the nominated node', () => {
  const leaving = pod('low', 1, '4', {
    metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
    status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
  });
  const nominations = new Nominations();
  nominations.set(vip, 'n');
  expect(plan(vip, aCluster([aNode('n'), leaving]), nominations)).toBe(
    'preemption: not eligible due to a terminating pod on the nominated node.',
  );
});
