import type { Taint, Toleration } from '@shiplog/domain';
import { aCluster, aNode, aRecord } from '../../testing/builders.js';
import { filtered, scored } from '../../testing/ask-plugin.js';
import { taintToleration } from './taint-toleration.plugin.js';

const taint: Taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
const untolerated = 'node(s) had untolerated taint(s)';

const cases: [name: string, taint: Taint, tolerations: Toleration[], verdict: string][] = [
  ['nothing tolerated', taint, [], untolerated],
  ['the same value', taint, [{ key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }], 'fits'],
  ['equal is the default', taint, [{ key: 'dedicated', value: 'gpu' }], 'fits'],
  ['another value', taint, [{ key: 'dedicated', value: 'cpu' }], untolerated],
  ['another effect', taint, [{ key: 'dedicated', value: 'gpu', effect: 'NoExecute' }], untolerated],
  ['any value', taint, [{ key: 'dedicated', operator: 'Exists' }], 'fits'],
  ['any taint', taint, [{ operator: 'Exists' }], 'fits'],
  ['an Equal without a key covers nothing', taint, [{ value: 'gpu' }], untolerated],
  ['NoExecute keeps away too', { ...taint, effect: 'NoExecute' }, [], untolerated],
  ['PreferNoSchedule does not', { ...taint, effect: 'PreferNoSchedule' }, [], 'fits'],
  ['more than the bound', { ...taint, value: '5' }, [{ key: 'dedicated', operator: 'Gt', value: '4' }], 'fits'],
  [
    'not less than the bound',
    { ...taint, value: '5' },
    [{ key: 'dedicated', operator: 'Lt', value: '4' }],
    untolerated,
  ],
];
test.each(cases)('%s', (_, tainted, tolerations, verdict) =>
  expect(
    filtered(taintToleration, aRecord('p', { spec: { tolerations } }), aCluster([aNode('n', { taints: [tainted] })])),
  ).toEqual({ n: verdict }),
);

it('avoids nodes by how many untolerated taints advise against them', () => {
  const soft = (key: string): Taint => ({ key, effect: 'PreferNoSchedule' });
  const cluster = aCluster(
    [aNode('free')],
    [aNode('one', { taints: [soft('x')] })],
    [aNode('two', { taints: [soft('x'), soft('y')] })],
  );
  expect(scored(taintToleration, aRecord('p'), cluster)).toEqual({ free: 100, one: 50, two: 0 });
  const tolerant = aRecord('p', { spec: { tolerations: [{ key: 'y', operator: 'Exists' }] } });
  expect(scored(taintToleration, tolerant, cluster)).toEqual({ free: 100, one: 0, two: 0 });
});
