import type { Affinity, PodAffinityTerm } from '@shiplog/domain';
import { aCluster, aNode, aRecord, zone } from '../../testing/builders.js';
import { filtered, scored } from '../../testing/ask-plugin.js';
import { interPodAffinity } from './inter-pod-affinity.plugin.js';

const term = (app: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  labelSelector: { matchLabels: { app } },
  topologyKey: 'topology.kubernetes.io/zone',
  ...more,
});
const near = (...terms: PodAffinityTerm[]): Affinity => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
});
const apart = (...terms: PodAffinityTerm[]): Affinity => ({
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms },
});
const pod = (app: string, affinity?: Affinity, namespace = 'default') =>
  aRecord(`${app}-x`, { labels: { app }, namespace, ...(affinity ? { spec: { affinity } } : {}) });
const noFriends = "node(s) didn't match pod affinity rules";
const rivals = "node(s) didn't match pod anti-affinity rules";
const unwelcome = "node(s) didn't satisfy existing pods anti-affinity rules";

const cluster = (...onA: ReturnType<typeof pod>[]) =>
  aCluster(
    [aNode('a1', { labels: zone('a') }), ...onA],
    [aNode('a2', { labels: zone('a') })],
    [aNode('b', { labels: zone('b') })],
    [aNode('bare')],
  );

const cases: [name: string, placed: ReturnType<typeof pod>[], incoming: ReturnType<typeof pod>, verdicts: string[]][] =
  [
    [
      'affinity: the zone of the friend',
      [pod('db')],
      pod('web', near(term('db'))),
      ['fits', 'fits', noFriends, noFriends],
    ],
    [
      'affinity by host',
      [pod('db')],
      pod('web', near(term('db', { topologyKey: 'kubernetes.io/hostname' }))),
      ['fits', noFriends, noFriends, noFriends],
    ],
    ['affinity: no friend anywhere', [], pod('web', near(term('db'))), [noFriends, noFriends, noFriends, noFriends]],
    [
      'affinity to oneself: the first may go anywhere that has the key',
      [],
      pod('web', near(term('web'))),
      ['fits', 'fits', 'fits', noFriends],
    ],
    [
      'affinity to oneself: the next follows',
      [pod('web')],
      aRecord('web-2', { labels: { app: 'web' }, spec: { affinity: near(term('web')) } }),
      ['fits', 'fits', noFriends, noFriends],
    ],
    [
      'affinity: one pod must meet all terms',
      [pod('db')],
      pod('web', near(term('db'), term('cache'))),
      [noFriends, noFriends, noFriends, noFriends],
    ],
    [
      'anti-affinity',
      [pod('web')],
      aRecord('web-2', { labels: { app: 'web' }, spec: { affinity: apart(term('web')) } }),
      [rivals, rivals, 'fits', 'fits'],
    ],
    [
      'anti-affinity of the others',
      [pod('db', apart(term('web')))],
      pod('web'),
      [unwelcome, unwelcome, 'fits', 'fits'],
    ],
    [
      'other namespaces do not count',
      [pod('db', undefined, 'other')],
      pod('web', near(term('db'))),
      [noFriends, noFriends, noFriends, noFriends],
    ],
    [
      'named namespaces do',
      [pod('db', undefined, 'other')],
      pod('web', near(term('db', { namespaces: ['other'] }))),
      ['fits', 'fits', noFriends, noFriends],
    ],
    [
      'all namespaces',
      [pod('db', undefined, 'other')],
      pod('web', near(term('db', { namespaceSelector: {} }))),
      ['fits', 'fits', noFriends, noFriends],
    ],
    [
      'anti-affinity without a label is free',
      [pod('db', apart(term('nobody')))],
      pod('web'),
      ['fits', 'fits', 'fits', 'fits'],
    ],
  ];
test.each(cases)('%s', (_, placed, incoming, [a1, a2, b, bare]) => {
  expect(filtered(interPodAffinity, incoming, cluster(...placed))).toEqual({ a1, a2, b, bare });
});

it('selects namespaces by their labels, also after they change', () => {
  const world = cluster(pod('db', undefined, 'team-b'));
  const wanting = pod('web', near(term('db', { namespaceSelector: { matchLabels: { team: 'b' } } })));
  expect(filtered(interPodAffinity, wanting, world)['a1']).toBe(noFriends);
  world.setNamespace('team-b', { team: 'b' });
  expect(filtered(interPodAffinity, wanting, world)['a1']).toBe('fits');
});

it('forgets what removed pods stated', () => {
  const world = cluster(pod('db', apart(term('web'))));
  expect(filtered(interPodAffinity, pod('web'), world)['a1']).toBe(unwelcome);
  world.removePod('default/db-x');
  expect(filtered(interPodAffinity, pod('web'), world)['a1']).toBe('fits');
});

it('ranks by its own wishes and by those of the others', () => {
  const wish = { weight: 50, podAffinityTerm: term('db') };
  const drawn = pod('web', { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [wish] } });
  expect(scored(interPodAffinity, drawn, cluster(pod('db')))).toEqual({ a1: 100, a2: 100, b: 0, bare: 0 });
  const repelled = pod('web', { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [wish] } });
  expect(scored(interPodAffinity, repelled, cluster(pod('db')))).toEqual({ a1: 0, a2: 0, b: 100, bare: 100 });
  expect(scored(interPodAffinity, pod('web'), cluster(pod('db', near(term('web')))))).toEqual({
    a1: 100,
    a2: 100,
    b: 0,
    bare: 0,
  });
  expect(scored(interPodAffinity, pod('web'), cluster(pod('db')))).toBeUndefined();
});
