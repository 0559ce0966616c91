import { FieldPath } from '../../../api/field-path.js';
import type { HorizontalPodAutoscaler } from '../../../api/generated/types.js';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.resource.js';

const context = { now: new Date(0), newUid: () => 'u' };
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
const autoscalerOf = (spec: object = {}, status?: object): HorizontalPodAutoscaler => {
  const made = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
    spec: { scaleTargetRef, maxReplicas: 3, ...spec },
    ...(status ? { status } : {}),
  } as unknown as HorizontalPodAutoscaler;
  horizontalPodAutoscaler.defaults?.(made);
  return made;
};
const problems = (spec: object): string[] =>
  [
    ...(horizontalPodAutoscaler.validate?.(autoscalerOf(spec), FieldPath.root, context) ?? []),
    ...(horizontalPodAutoscaler.validateCreate?.(autoscalerOf(spec), FieldPath.root, context) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);

test('what is not said has a default', () =>
  expect(autoscalerOf({ behavior: { scaleDown: { selectPolicy: 'Min' } } }).spec).toMatchObject({
    minReplicas: 1,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
      scaleDown: { selectPolicy: 'Min', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
    },
  }));

const cpu = (target: object): object => ({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] });
const target = 'spec.metrics[0].resource.target';
test.each<[string, object, string[]]>([
  ['nothing is wrong', {}, []],
  [
    'fewer at most than at least',
    { minReplicas: 5 },
    ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
  ],
  [
    'something of the core group',
    { scaleTargetRef: { kind: 'Pod', name: 'p' } },
    ['spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group'],
  ],
  ['a ReplicationController', { scaleTargetRef: { kind: 'ReplicationController', name: 'r' } }, []],
  [
    'a goal of neither kind',
    cpu({ type: 'Utilization' }),
    [`${target}.averageUtilization: Required value: must set either a target raw value or a target utilization`],
  ],
  [
    'a goal of both kinds',
    cpu({ type: 'Utilization', averageUtilization: 50, averageValue: '1' }),
    [`${target}.averageValue: Forbidden: may not set both a target raw value and a target utilization`],
  ],
  [
    'the source of another type',
    { metrics: [{ type: 'Pods', resource: { name: 'cpu', target: { type: 'Value', averageValue: '1' } } }] },
    ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
  ],
  [
    'a rule for half an hour and a second',
    { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1801 }] } } },
    ['spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800'],
  ],
])('%s', (_, spec, expected) => expect(problems(spec)).toEqual(expected));

test('a target that was wrong before may stay', () => {
  const wrong = autoscalerOf({ scaleTargetRef: { kind: 'Pod', name: 'p' } });
  const update = (from: HorizontalPodAutoscaler): number | undefined =>
    horizontalPodAutoscaler.validateUpdate?.(wrong, from, FieldPath.root, context).length;
  expect([update(wrong), update(autoscalerOf())]).toEqual([0, 1]);
});

const pods = (averageValue: string): object => ({
  type: 'Pods',
  pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue } },
});
test.each<[string, HorizontalPodAutoscaler, string]>([
  ['that nobody has measured yet', autoscalerOf(), 'cpu: <unknown>/80%'],
  [
    'that somebody has measured',
    autoscalerOf(
      {},
      { currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 7 } } }] },
    ),
    'cpu: 7%/80%',
  ],
  [
    'of which there are many',
    autoscalerOf({ metrics: [pods('1'), pods('2'), pods('3')] }),
    '<unknown>/1, <unknown>/2 + 1 more...',
  ],
])('the table shows goals %s', (_, autoscaler, expected) =>
  expect(horizontalPodAutoscaler.columns?.[2]?.value(autoscaler, context.now)).toBe(expected),
);
