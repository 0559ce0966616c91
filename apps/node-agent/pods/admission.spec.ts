import type { Node, PodSpec } from '@shiplog/domain';
import { aContainer, aPod } from '../testing/pods.js';
import { refusal, requestsOf } from './admission.js';

const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  spec: {},
  metadata: { name: 'node-1', labels: { disk: 'ssd', cores: '4' } },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '3' } },
};
const asking = (cpu: string, more: Partial<PodSpec> = {}): Partial<PodSpec> => ({
  containers: [aContainer('app', { resources: { requests: { cpu } } })],
  ...more,
});
const affinity = (key: string, operator: string, values?: string[]): Partial<PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values } as never] }],
      },
    },
  },
});
const port = { containers: [aContainer('app', { ports: [{ containerPort: 80, hostPort: 80 }] })] };

describe('refusal', () => {
  test.each<[string, Partial<PodSpec>, Partial<PodSpec>[], string | undefined]>([
    ['fits', asking('1'), [asking('1')], undefined],
    [
      'cpu is taken',
      asking('1500m'),
      [asking('1')],
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
    ],
    [
      'too many pods',
      {},
      [{}, {}, {}],
      "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
    ],
    [
      'an unknown resource',
      { containers: [aContainer('app', { resources: { limits: { 'example.org/gpu': '1' } } })] },
      [],
      "Pod was rejected: Node didn't have enough resource: example.org/gpu, requested: 1, used: 0, capacity: 0",
    ],
    ['the selected label', { nodeSelector: { disk: 'ssd' } }, [], undefined],
    [
      'another label',
      { nodeSelector: { disk: 'hdd' } },
      [],
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
    ['affinity In', affinity('disk', 'In', ['ssd']), [], undefined],
    [
      'affinity NotIn',
      affinity('disk', 'NotIn', ['ssd']),
      [],
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
    ['affinity Gt', affinity('cores', 'Gt', ['3']), [], undefined],
    [
      'a host port in use',
      port,
      [port],
      "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    ],
  ])('%s', (_, spec, others, expected) => {
    expect(
      refusal(
        aPod(spec),
        node,
        others.map((other) => aPod(other)),
      )?.message,
    ).toBe(expected);
  });

  it('names the resource in its reason', () => expect(refusal(aPod(asking('3')), node, [])?.reason).toBe('OutOfcpu'));
});

describe('requestsOf', () => {
  const cpu = (amount: string) => ({ resources: { requests: { cpu: amount } } });
  test.each<[string, Partial<PodSpec>, number]>([
    ['containers add up', { containers: [aContainer('a', cpu('1')), aContainer('b', cpu('500m'))] }, 1500],
    [
      'the largest init container counts alone',
      {
        initContainers: [aContainer('i', cpu('3')), aContainer('j', cpu('2'))],
        containers: [aContainer('a', cpu('1'))],
      },
      3000,
    ],
    [
      'sidecars count beside both',
      {
        initContainers: [aContainer('s', { ...cpu('1'), restartPolicy: 'Always' }), aContainer('i', cpu('3'))],
        containers: [aContainer('a', cpu('1'))],
      },
      4000,
    ],
    ['overhead is added', { overhead: { cpu: '250m' }, containers: [aContainer('a', cpu('1'))] }, 1250],
  ])('%s', (_, spec, expected) => expect(requestsOf(aPod(spec)).get('cpu')).toBe(expected));
});
