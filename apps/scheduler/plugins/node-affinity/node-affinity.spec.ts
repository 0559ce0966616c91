import type { NodeAffinity } from '@shiplog/domain';
import { aCluster, aNode, aRecord } from '../../testing/builders.js';
import { filtered, scored } from '../../testing/ask-plugin.js';
import { nodeAffinity } from './node-affinity.plugin.js';

const cluster = aCluster(
  [aNode('ssd', { labels: { disk: 'ssd', cores: '8' } })],
  [aNode('hdd', { labels: { disk: 'hdd', cores: '4' } })],
  [aNode('bare')],
);
const no = "node(s) didn't match Pod's node affinity/selector";
const required = (
  ...nodeSelectorTerms: NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms']
) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const wants = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator: operator as 'In', values }],
});

const cases: [name: string, spec: object, fitting: string[]][] = [
  ['no wish', {}, ['ssd', 'hdd', 'bare']],
  ['nodeSelector', { nodeSelector: { disk: 'ssd' } }, ['ssd']],
  ['In', required(wants('disk', 'In', 'ssd', 'nvme')), ['ssd']],
  ['NotIn', required(wants('disk', 'NotIn', 'ssd')), ['hdd', 'bare']],
  ['Exists', required(wants('disk', 'Exists')), ['ssd', 'hdd']],
  ['DoesNotExist', required(wants('disk', 'DoesNotExist')), ['bare']],
  ['Gt', required(wants('cores', 'Gt', '6')), ['ssd']],
  ['Lt', required(wants('cores', 'Lt', '6')), ['hdd']],
  ['any of the terms', required(wants('disk', 'In', 'ssd'), wants('disk', 'DoesNotExist')), ['ssd', 'bare']],
  ['an empty term matches nothing', required({}), []],
  ['no terms match nothing', required(), []],
  [
    'by the name of the node',
    required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['bare'] }] }),
    ['bare'],
  ],
  ['selector and terms together', { ...required(wants('cores', 'Exists')), nodeSelector: { disk: 'hdd' } }, ['hdd']],
];
test.each(cases)('%s', (_, spec, fitting) =>
  expect(filtered(nodeAffinity, aRecord('p', { spec }), cluster)).toEqual(
    Object.fromEntries(['ssd', 'hdd', 'bare'].map((name) => [name, fitting.includes(name) ? 'fits' : no])),
  ),
);

it('ranks by the weights of the preferences that hold', () => {
  const preferred = [
    { weight: 10, preference: wants('disk', 'Exists') },
    { weight: 30, preference: wants('disk', 'In', 'ssd') },
  ];
  const spec = { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } };
  expect(scored(nodeAffinity, aRecord('p', { spec }), cluster)).toEqual({ ssd: 100, hdd: 25, bare: 0 });
});
