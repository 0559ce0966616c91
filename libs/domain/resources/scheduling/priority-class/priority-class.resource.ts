import { forbiddenField, invalid, notSupported, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { PriorityClass } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';

const highestUserPriority = 1_000_000_000;

/** The two classes that every cluster has, and their values. */
export const systemPriorityClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function validatePriorityClass(
  { metadata, value, globalDefault, preemptionPolicy }: PriorityClass,
  at: FieldPath,
): FieldError[] {
  const name = metadata.name ?? '';
  return [
    ...(name.startsWith('system-')
      ? systemNameProblem(name, value ?? 0, globalDefault ?? false).map((why) =>
          forbiddenField(
            at.child('metadata', 'name'),
            `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`,
          ),
        )
      : (value ?? 0) > highestUserPriority
        ? [
            forbiddenField(
              at.child('value'),
              `maximum allowed value of a user defined priority is ${highestUserPriority}`,
            ),
          ]
        : []),
    ...(preemptionPolicy === undefined || ['Never', 'PreemptLowerPriority'].includes(preemptionPolicy)
      ? []
      : [notSupported(at.child('preemptionPolicy'), preemptionPolicy, ['Never', 'PreemptLowerPriority'])]),
  ];
}

function systemNameProblem(name: string, value: number, globalDefault: boolean): string[] {
  const expected = systemPriorityClasses[name];
  if (expected === undefined) return [`${name} is not a known system priority class`];
  if (value !== expected) return [`value of ${name} PriorityClass must be ${expected}`];
  return globalDefault ? [`globalDefault of ${name} PriorityClass must be false`] : [];
}

/** PriorityClass: a named pod priority. Value and preemption policy never change. */
export const priorityClass = defineResource<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  defaults: (priorityClass) => {
    priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  validate: validatePriorityClass,
  validateUpdate: (next, current, at) => [
    ...(next.value === current.value ? [] : [forbiddenField(at.child('value'), 'may not be changed in an update.')]),
    ...(next.preemptionPolicy === current.preemptionPolicy
      ? []
      : [invalid(at.child('preemptionPolicy'), next.preemptionPolicy, 'field is immutable')]),
  ],
  columns: [
    nameColumn,
    column('Value', 'integer', ({ value }) => value ?? 0),
    column('Global-Default', 'boolean', ({ globalDefault }) => globalDefault ?? false),
    ageColumn,
    column('PreemptionPolicy', 'string', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
  ],
});
