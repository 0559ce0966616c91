import { aCluster, aNode, aRecord, type PodTraits } from '../../testing/builders.js';
import { filtered, scored } from '../../testing/ask-plugin.js';
import { balancedAllocation } from './balanced-allocation.plugin.js';
import { nodeResourcesFit } from './node-resources-fit.plugin.js';

const container = (cpu: string, restartPolicy?: 'Always') => ({
  name: `c${cpu}`,
  resources: { requests: { cpu } },
  ...(restartPolicy ? { restartPolicy } : {}),
});

const cases: [name: string, pod: PodTraits, verdict: string][] = [
  ['no request', {}, 'fits'],
  ['all that is left', { requests: { cpu: '3', memory: '7Gi' } }, 'fits'],
  ['too much cpu', { requests: { cpu: '3001m' } }, 'Insufficient cpu'],
  ['too much of both', { requests: { cpu: '9', memory: '9Gi' } }, 'Insufficient cpu, Insufficient memory'],
  ['a resource that the node does not have', { requests: { 'example.com/gpu': '1' } }, 'Insufficient example.com/gpu'],
  ['containers together', { spec: { containers: [container('2'), container('2')] } }, 'Insufficient cpu'],
  [
    'the largest init container',
    { spec: { containers: [container('1')], initContainers: [container('4'), container('2')] } },
    'Insufficient cpu',
  ],
  [
    'init containers one after the other',
    { spec: { containers: [container('1')], initContainers: [container('3'), container('3')] } },
    'fits',
  ],
  [
    'a sidecar beside the containers',
    { spec: { containers: [container('2')], initContainers: [container('2', 'Always')] } },
    'Insufficient cpu',
  ],
  [
    'a sidecar beside later init containers',
    { spec: { containers: [container('1')], initContainers: [container('1', 'Always'), container('3')] } },
    'Insufficient cpu',
  ],
  ['room for overhead too', { requests: { cpu: '2' }, spec: { overhead: { cpu: '1' } } }, 'fits'],
  [
    'pod-level requests',
    { spec: { containers: [container('1')], resources: { requests: { cpu: '4' } } } },
    'Insufficient cpu',
  ],
];
test.each(cases)('%s', (_, pod, verdict) => {
  const cluster = aCluster([aNode('n'), aRecord('there', { requests: { cpu: '1', memory: '1Gi' } })]);
  expect(filtered(nodeResourcesFit, aRecord('p', pod), cluster)).toEqual({ n: verdict });
});

it('counts overhead', () => {
  const pod = aRecord('p', { spec: { containers: [container('3')], overhead: { cpu: '2' } } });
  expect(filtered(nodeResourcesFit, pod, aCluster([aNode('n')]))).toEqual({ n: 'Insufficient cpu' });
});

it('keeps to the number of pods', () => {
  const full = aNode('n', { allocatable: { pods: '1' } });
  expect(filtered(nodeResourcesFit, aRecord('p'), aCluster([full, aRecord('there')]))).toEqual({ n: 'Too many pods' });
});

it('says when no eviction would help', () => {
  const cluster = aCluster([aNode('n'), aRecord('there', { requests: { cpu: '3' } })]);
  const slot = cluster.slotOf('n') ?? 0;
  const resolvable = (cpu: string): unknown => {
    const state = nodeResourcesFit.preFilter?.(aRecord('p', { requests: { cpu } }), cluster);
    return nodeResourcesFit.filter?.(state as never, slot, cluster);
  };
  expect(resolvable('2')).toMatchObject({ resolvable: true });
  expect(resolvable('5')).toMatchObject({ resolvable: false });
});

it('prefers the emptier node, and counts an assumption for pods without requests', () => {
  const cluster = aCluster(
    [aNode('empty')],
    [aNode('half'), aRecord('there', { requests: { cpu: '2', memory: '4Gi' } })],
    [aNode('best effort'), aRecord('idle')],
  );
  expect(scored(nodeResourcesFit, aRecord('p', { requests: { cpu: '1', memory: '2Gi' } }), cluster)).toEqual({
    empty: 75,
    half: 25,
    'best effort': 72,
  });
});

it('prefers the node whose use it evens out', () => {
  const cluster = aCluster([aNode('cpu-heavy'), aRecord('a', { requests: { cpu: '2' } })], [aNode('even')]);
  const pod = aRecord('p', { requests: { memory: '4Gi' } });
  expect(scored(balancedAllocation, pod, cluster)).toEqual({ 'cpu-heavy': 87, even: 62 });
  expect(scored(balancedAllocation, aRecord('p'), cluster)).toBeUndefined();
});
