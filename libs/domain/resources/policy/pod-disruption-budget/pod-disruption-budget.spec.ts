import { FieldPath } from '../../../api/field-path.js';
import type { Condition, PodDisruptionBudget } from '../../../api/generated/types.js';
import { validateBudget, validateBudgetStatus } from './pod-disruption-budget.validation.js';

const budget = (spec: object, status: object = {}): PodDisruptionBudget =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec,
    status,
  }) as PodDisruptionBudget;

const texts = (errors: readonly { field: string; message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message.split(' (e.g.')[0]}`);

const percent = "a valid percent string must be a numeric string followed by an ending '%'";
const specs: [object, string[]][] = [
  [{}, []],
  [{ minAvailable: 0 }, []],
  [{ maxUnavailable: '100%', unhealthyPodEvictionPolicy: 'AlwaysAllow' }, []],
  [
    { minAvailable: 1, maxUnavailable: 1 },
    ['spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set'],
  ],
  [{ minAvailable: -1 }, ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0']],
  [{ minAvailable: '101%' }, ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%']],
  [{ maxUnavailable: '-1%' }, [`spec.maxUnavailable: Invalid value: "-1%": ${percent}`]],
  [
    { selector: { matchExpressions: [{ key: 'a', operator: 'Odd' }] } },
    ['spec.selector.matchExpressions[0].operator: Invalid value: "Odd": not a valid selector operator'],
  ],
  [
    { unhealthyPodEvictionPolicy: 'Odd' },
    ['spec.unhealthyPodEvictionPolicy: Unsupported value: "Odd": supported values: "AlwaysAllow", "IfHealthyBudget"'],
  ],
];
test.each(specs)('a budget of %j', (spec, expected) =>
  expect(texts(validateBudget(budget(spec), FieldPath.root))).toEqual(expected),
);

const condition: Condition = {
  type: 'DisruptionAllowed',
  status: 'True',
  reason: 'SufficientPods',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};
const statuses: [string, object, string[]][] = [
  ['is empty', {}, []],
  ['is as the controller writes it', { expectedPods: 3, conditions: [condition] }, []],
  ['counts below zero', { expectedPods: -1 }, ['status.expectedPods']],
  ['says a thing twice', { conditions: [condition, condition] }, ['status.conditions[1].type']],
  [
    'says nothing',
    { conditions: [{}] },
    ['type', 'type', 'status', 'lastTransitionTime', 'reason'].map((field) => `status.conditions[0].${field}`),
  ],
  [
    'has a sentence for a reason',
    { conditions: [{ ...condition, reason: 'all is well' }] },
    ['status.conditions[0].reason'],
  ],
  [
    'has seen what is not there yet',
    { conditions: [{ ...condition, observedGeneration: -1 }] },
    ['status.conditions[0].observedGeneration'],
  ],
];
test.each(statuses)('a status that %s', (_, status, expected) =>
  expect(validateBudgetStatus(budget({}, status), FieldPath.root).map(({ field }) => field)).toEqual(expected),
);
