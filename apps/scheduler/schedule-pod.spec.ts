import type { Taint } from '@shiplog/domain';
import { unavailableText } from './diagnosis.js';
import { Nominations } from './framework/nominations.js';
import type { SchedulerPlugin } from './framework/plugin.js';
import { fits, type Verdict } from './framework/verdict.js';
import { plugins } from './plugins.js';
import { nodesToFind, PodScheduling } from './schedule-pod.js';
import { aCluster, aNode, aRecord, zone } from './testing/builders.js';

const scheduling = (): PodScheduling => new PodScheduling({ plugins, random: () => 0.5 });
const taints: Taint[] = [{ key: 'x', effect: 'NoSchedule' }];
const big = { requests: { cpu: '3' } };

describe('a decision', () => {
  it('takes the emptier of two nodes', () => {
    const cluster = aCluster([aNode('busy'), aRecord('there', big)], [aNode('idle')]);
    expect(scheduling().decide(aRecord('p', { requests: { cpu: '1' } }), cluster)).toMatchObject({
      node: 'idle',
      feasible: 2,
      evaluated: 2,
    });
  });

  it('weighs taints to be avoided more than room', () => {
    const cluster = aCluster(
      [aNode('busy'), aRecord('there', { requests: { cpu: '2' } })],
      [aNode('idle', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] })],
    );
    expect(scheduling().decide(aRecord('p'), cluster).node).toBe('busy');
  });

  it('spreads replicas over zones', () => {
    const cluster = aCluster(
      [aNode('a', { labels: zone('a') })],
      [aNode('b', { labels: zone('b') })],
      [aNode('c', { labels: zone('c') })],
    );
    const traits = {
      labels: { app: 'web' },
      spec: {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable: 'DoNotSchedule' as const,
            labelSelector: { matchLabels: { app: 'web' } },
          },
        ],
      },
    };
    const decide = scheduling();
    const counts = new Map<string, number>();
    for (let i = 0; i < 9; i++) {
      const pod = aRecord(`web-${i}`, traits);
      const { node = '' } = decide.decide(pod, cluster);
      cluster.placePod(pod, node);
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ a: 3, b: 3, c: 3 });
  });

  it('says why no node will do, as people know it', () => {
    const cluster = aCluster(
      [aNode('control', { taints })],
      [aNode('a'), aRecord('x', big)],
      [aNode('b'), aRecord('y', big)],
    );
    const decision = scheduling().decide(aRecord('p', { requests: { cpu: '2' } }), cluster);
    expect(decision.node).toBeUndefined();
    if (decision.node !== undefined) return;
    expect(unavailableText(decision.diagnosis)).toBe(
      '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.',
    );
    expect([...decision.diagnosis.plugins].sort()).toEqual(['NodeResourcesFit', 'TaintToleration']);
  });

  it('has something to say without nodes', () => {
    const decision = scheduling().decide(aRecord('p'), aCluster());
    expect(decision.node === undefined && unavailableText(decision.diagnosis)).toBe(
      'no nodes available to schedule pods',
    );
  });

  it('leaves the room of nominated pods to them, if they are as important', () => {
    const cluster = aCluster([aNode('only')]);
    const nominations = new Nominations();
    nominations.set(
      aRecord('vip', {
        ...big,
        spec: { priority: 10, containers: [{ name: 'c', resources: { requests: { cpu: '3' } } }] },
      }),
      'only',
    );
    const rival = (priority: number) =>
      aRecord('p', { spec: { priority, containers: [{ name: 'c', resources: { requests: { cpu: '2' } } }] } });
    expect(scheduling().decide(rival(5), cluster, nominations).node).toBeUndefined();
    expect(scheduling().decide(rival(20), cluster, nominations).node).toBe('only');
    expect(cluster.podCount).toBe(0);
  });

  it('tries the nominated node first', () => {
    const cluster = aCluster([aNode('a')], [aNode('b')]);
    const nominations = new Nominations();
    const pod = aRecord('p');
    nominations.set(pod, 'b');
    expect(scheduling().decide(pod, cluster, nominations)).toEqual({ node: 'b', feasible: 1, evaluated: 1 });
  });
});

describe('sampling', () => {
  const cases: [nodes: number, percentage: number, enough: number][] = [
    [50, 0, 50],
    [100, 0, 100],
    [1_000, 0, 420],
    [5_000, 0, 500],
    [6_000, 0, 300],
    [10_000, 0, 500],
    [1_000, 20, 200],
    [150, 20, 100],
  ];
  test.each(cases)('of %i nodes at %i percent: %i', (nodes, percentage, enough) =>
    expect(nodesToFind(nodes, percentage)).toBe(enough),
  );

  it('starts the next search where the last one ended', () => {
    const cluster = aCluster(...Array.from({ length: 300 }, (_, i) => [aNode(`n${i}`)] as const));
    const decide = new PodScheduling({ plugins, percentageOfNodesToScore: 34, random: () => 0 });
    const nodes = Array.from({ length: 3 }, (_, i) => decide.decide(aRecord(`p${i}`), cluster).node);
    expect(new Set(nodes).size).toBe(3);
  });
});

describe('the hot path', () => {
  const keyed = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'topology.kubernetes.io/zone' };
  const demanding = {
    labels: { app: 'web' },
    requests: { cpu: '1m' },
    spec: {
      topologySpreadConstraints: [{ ...keyed, maxSkew: 5, whenUnsatisfiable: 'DoNotSchedule' as const }],
      affinity: {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: keyed }] },
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ ...keyed, labelSelector: { matchLabels: { app: 'db' } } }],
        },
      },
    },
  };
  const many = (nodes: number) =>
    aCluster(
      ...Array.from(
        { length: nodes },
        (_, i) =>
          [aNode(`n${i}`, { labels: zone(`z${i % 3}`) }), aRecord(`db-${i}`, { labels: { app: 'db' } })] as const,
      ),
    );

  it('looks at no pods of any node, however much the pod asks about others', () => {
    const cluster = many(300);
    const decide = scheduling();
    for (let i = 0; i < 5; i++) {
      const pod = aRecord(`web-${i}`, demanding);
      const { node } = decide.decide(pod, cluster);
      expect(node).toBeDefined();
      cluster.placePod(pod, node ?? '');
    }
    expect(cluster.podReads).toBe(0);
  });

  it('makes no new verdict per node', () => {
    const verdicts = new Set<Verdict>();
    const watched = plugins.map(({ plugin, weight }) => ({
      weight,
      plugin: {
        ...plugin,
        ...(plugin.filter
          ? {
              filter: (...args: Parameters<NonNullable<SchedulerPlugin['filter']>>) => {
                const verdict: Verdict = plugin.filter?.(...args) ?? fits;
                verdicts.add(verdict);
                return verdict;
              },
            }
          : {}),
      },
    }));
    const cluster = many(300);
    const decision = new PodScheduling({ plugins: watched }).decide(
      aRecord('p', { requests: { cpu: '64', memory: '1Ti' } }),
      cluster,
    );
    expect(decision.node).toBeUndefined();
    expect(verdicts.size).toBe(2);
  });
});
