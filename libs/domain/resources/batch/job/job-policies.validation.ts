import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { JobSpec } from '../../../api/generated/types.js';
import { isQualifiedName } from '../../../api/names.js';
import { inFormat, nonNegative } from '../../rules.js';
import { countIndexes } from './job-indexes.js';

type FailureRule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number];
type SuccessRule = NonNullable<JobSpec['successPolicy']>['rules'][number];

const maxRules = 20;
const maxPatterns = 20;
const maxExitCodes = 255;
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

/** One of the supported values, all of which the error names even if there is none. */
function chosen(value: string | undefined, supported: readonly string[], at: FieldPath): FieldError[] {
  if (!value) return [required(at, `valid values: [${supported.map((one) => `"${one}"`).join(' ')}]`)];
  return supported.includes(value) ? [] : [notSupported(at, value, supported)];
}

function validateAction({ action }: FailureRule, { backoffLimitPerIndex }: JobSpec, at: FieldPath): FieldError[] {
  return action === 'FailIndex' && backoffLimitPerIndex === undefined
    ? [invalid(at, action, 'requires the backoffLimitPerIndex to be set')]
    : chosen(action, actions, at);
}

function validateExitCodes(
  { operator, containerName, values = [] }: NonNullable<FailureRule['onExitCodes']>,
  containers: readonly string[],
  at: FieldPath,
): FieldError[] {
  const path = at.child('values');
  return [
    ...chosen(operator, operators, at.child('operator')),
    ...(containerName === undefined || containers.includes(containerName)
      ? []
      : [
          invalid(
            at.child('containerName'),
            containerName,
            'must be one of the container or initContainer names in the pod template',
          ),
        ]),
    ...(values.length === 0 ? [invalid(path, values, 'at least one value is required')] : []),
    ...(values.length > maxExitCodes ? [tooMany(path, values.length, maxExitCodes)] : []),
    ...values.flatMap((value, i) => [
      ...(operator === 'In' && value === 0 ? [invalid(path.index(i), value, 'must not be 0 for the In operator')] : []),
      ...(values.indexOf(value) < i ? [duplicate(path.index(i), value)] : []),
    ]),
    ...(values.some((value, i) => i > 0 && (values[i - 1] ?? 0) > value)
      ? [invalid(path, values, 'must be ordered')]
      : []),
  ];
}

function validateFailureRule(
  rule: FailureRule,
  spec: JobSpec,
  containers: readonly string[],
  at: FieldPath,
): FieldError[] {
  const { onExitCodes, onPodConditions = [] } = rule;
  const conditions = at.child('onPodConditions');
  const wrong = (message: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field: at.toString(),
    message: `Invalid value: ${message}`,
  });
  return [
    ...validateAction(rule, spec, at.child('action')),
    ...(onExitCodes ? validateExitCodes(onExitCodes, containers, at.child('onExitCodes')) : []),
    ...(onPodConditions.length > maxPatterns ? [tooMany(conditions, onPodConditions.length, maxPatterns)] : []),
    ...onPodConditions.flatMap(({ type, status }, i) => [
      ...inFormat(isQualifiedName, type ?? '', conditions.index(i).child('type')),
      ...chosen(status, statuses, conditions.index(i).child('status')),
    ]),
    ...(onExitCodes && onPodConditions.length > 0
      ? [wrong('specifying both OnExitCodes and OnPodConditions is not supported')]
      : []),
    ...(!onExitCodes && onPodConditions.length === 0
      ? [wrong('specifying one of OnExitCodes and OnPodConditions is required')]
      : []),
  ];
}

/** What becomes of failed pods: counted, ignored, or the end of the Job. */
export function validateFailurePolicy(spec: JobSpec, at: FieldPath): FieldError[] {
  const { rules = [] } = spec.podFailurePolicy ?? {};
  const path = at.child('rules');
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = [...containers, ...initContainers].map(({ name }) => name);
  return [
    ...(rules.length > maxRules ? [tooMany(path, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, i) => validateFailureRule(rule, spec, names, path.index(i))),
  ];
}

function validateSuccessRule(
  { succeededIndexes, succeededCount }: SuccessRule,
  completions: number,
  at: FieldPath,
): FieldError[] {
  const indexes = succeededIndexes === undefined ? undefined : countIndexes(succeededIndexes, completions);
  const limit = typeof indexes === 'string' ? 0 : indexes;
  const count = at.child('succeededCount');
  const tooHigh = (of: number, what: string): FieldError =>
    invalid(count, succeededCount, `must be less than or equal to ${of} (the number of ${what})`);
  return [
    ...(succeededIndexes === undefined && succeededCount === undefined
      ? [required(at, 'at least one of succeededCount or succeededIndexes must be specified')]
      : []),
    ...(typeof indexes === 'string'
      ? [invalid(at.child('succeededIndexes'), succeededIndexes, `error parsing succeededIndexes: ${indexes}`)]
      : []),
    ...nonNegative(succeededCount, count),
    ...((succeededCount ?? 0) > completions ? [tooHigh(completions, 'specified completions')] : []),
    ...(limit !== undefined && (succeededCount ?? 0) > limit
      ? [tooHigh(limit, 'indexes in the specified succeededIndexes field')]
      : []),
  ];
}

/** When an Indexed Job has succeeded although not all of its indexes have. */
export function validateSuccessPolicy(spec: JobSpec, at: FieldPath): FieldError[] {
  const { rules = [] } = spec.successPolicy ?? {};
  if (spec.completionMode !== 'Indexed') return [invalid(at, spec.successPolicy, 'requires indexed completion mode')];
  const path = at.child('rules');
  return [
    ...(rules.length === 0
      ? [required(path, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > maxRules ? [tooMany(path, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, i) => validateSuccessRule(rule, spec.completions ?? 0, path.index(i))),
  ];
}
