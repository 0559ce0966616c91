import { FieldPath } from '../../../api/field-path.js';
import type { RuntimeClass } from '../../../api/generated/types.js';
import { runtimeClass } from './runtime-class.resource.js';

const context = { now: new Date(0), newUid: () => 'u' };
const classOf = (body: object = {}): RuntimeClass =>
  ({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'a' },
    handler: 'h',
    ...body,
  }) as RuntimeClass;
const gpu = { key: 'gpu', operator: 'Exists' };

test.each<[string, object, string[]]>([
  ['nothing is wrong', { scheduling: { tolerations: [gpu] } }, []],
  ['no handler', { handler: '' }, ['handler']],
  ['less than no overhead', { overhead: { podFixed: { cpu: '-1' } } }, ['overhead.limits[cpu]']],
  ['a label that is none', { scheduling: { nodeSelector: { 'a b': 'c' } } }, ['scheduling.nodeSelector']],
  [
    'the same taint for two times',
    {
      scheduling: {
        tolerations: [gpu, { ...gpu, effect: 'NoExecute' }, { ...gpu, effect: 'NoExecute', tolerationSeconds: 5 }],
      },
    },
    ['scheduling.tolerations[2]'],
  ],
])('%s', (_, body, fields) =>
  expect(runtimeClass.validate?.(classOf(body), FieldPath.root, context).map(({ field }) => field)).toEqual(fields),
);

test('the handler does not change', () =>
  expect(runtimeClass.validateUpdate?.(classOf({ handler: 'i' }), classOf(), FieldPath.root, context)).toHaveLength(1));
