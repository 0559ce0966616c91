import { FieldPath } from '../../../api/field-path.js';
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../../../api/generated/types.js';
import { limitRange } from '../limit-range/limit-range.resource.js';
import { resourceQuota } from './resource-quota.resource.js';

const context = { now: new Date(0), newUid: () => 'u' };
const texts = (errors: readonly { field: string; message: string }[] | undefined): string[] =>
  (errors ?? []).map(({ field, message }) => `${field}: ${message}`);

const quotaOf = (spec: object, status?: object): ResourceQuota =>
  ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec, status }) as unknown as ResourceQuota;

test.each<[string, object, string[]]>([
  ['counts anything that has a group', { hard: { 'count/deployments.apps': '4', 'requests.hugepages-2Mi': '1' } }, []],
  [
    'counts no half things, and nothing unknown',
    { hard: { pods: '1500m', magic: '1' } },
    [
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
      'spec.hard[magic]: Invalid value: "magic": must be a standard resource for quota',
    ],
  ],
  [
    'counts pods by how well they are served, and only pods',
    { hard: { cpu: '1' }, scopes: ['BestEffort'] },
    ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
  ],
  [
    'contradicts itself',
    { scopes: ['Terminating', 'NotTerminating'] },
    ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
  ],
  [
    'selects a priority without saying which',
    { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
    [
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ],
  ],
])('a quota %s', (_, spec, expected) =>
  expect(texts(resourceQuota.validate?.(quotaOf(spec), FieldPath.root, context))).toEqual(expected),
);

test('a quota shows what is used of what', () => {
  const status = { hard: { pods: '3', 'limits.cpu': '2', cpu: '1' }, used: { pods: '1' } };
  expect(resourceQuota.columns?.slice(1, 3).map(({ value }) => value(quotaOf({}, status), context.now))).toEqual([
    'cpu: 0/1, pods: 1/3',
    'limits.cpu: 0/2',
  ]);
});

const rangeOf = (...limits: object[]): LimitRange => {
  const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'r' }, spec: { limits } } as LimitRange;
  limitRange.defaults?.(range);
  return range;
};

test.each<[object, Partial<LimitRangeItem>]>([
  [{ max: { cpu: '2' } }, { default: { cpu: '2' }, defaultRequest: { cpu: '2' } }],
  [{ min: { cpu: '1' } }, { default: {}, defaultRequest: { cpu: '1' } }],
  [
    { min: { cpu: '1' }, default: { cpu: '3' }, max: { cpu: '4' } },
    { default: { cpu: '3' }, defaultRequest: { cpu: '3' } },
  ],
])('a range of containers says by %p what they get', (limits, expected) =>
  expect(rangeOf({ type: 'Container', ...limits }).spec?.limits[0]).toMatchObject(expected),
);

const first = 'spec.limits[0]';
test.each<[string, object, string[]]>([
  [
    'of nothing in particular',
    { type: 'Odd' },
    [`${first}.type: Invalid value: "Odd": must be a standard limit type or fully qualified`],
  ],
  [
    'of pods with defaults',
    { type: 'Pod', default: { cpu: '1' } },
    [`${first}.default: Forbidden: may not be specified when \`type\` is 'Pod'`],
  ],
  [
    'that leaves no room',
    { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' }, default: { cpu: '1' }, defaultRequest: { cpu: '1' } },
    [
      `${first}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`,
      `${first}.defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1`,
      `${first}.default[cpu]: Invalid value: "1": min value 2 is greater than default value 1`,
    ],
  ],
  [
    'of claims without a size',
    { type: 'PersistentVolumeClaim' },
    [`${first}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`],
  ],
  [
    'whose ratio cannot be reached',
    { type: 'Container', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } },
    [`${first}.maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000`],
  ],
])('a range %s', (_, limits, expected) =>
  expect(texts(limitRange.validate?.(rangeOf(limits), FieldPath.root, context))).toEqual(expected),
);
