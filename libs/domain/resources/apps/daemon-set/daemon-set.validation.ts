import { deepEqual } from '../../../api/deep-equal.js';
import { invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { DaemonSet, DaemonSetSpec } from '../../../api/generated/types.js';
import { percentOf } from '../../../api/int-or-string.js';
import { labelMatcher, matchesLabels, validateLabelSelector } from '../../../api/label-selector.js';
import { fieldIsImmutable, nonNegative } from '../../rules.js';
import {
  countOrPercent,
  foreignLabels,
  validateCollisions,
  validateCountOrPercent,
  validateEndlessTemplate,
} from '../workload.validation.js';

const noSpec: Partial<DaemonSetSpec> = {};
type UpdateStrategy = NonNullable<DaemonSetSpec['updateStrategy']>;

function validateRolling(rolling: NonNullable<UpdateStrategy['rollingUpdate']>, at: FieldPath): FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = rolling;
  const values = Object.entries({ maxUnavailable, maxSurge });
  const unavailable = countOrPercent(maxUnavailable) !== 0;
  const surge = countOrPercent(maxSurge) !== 0;
  return [
    ...values.flatMap(([field, value]) => validateCountOrPercent(value, at.child(field))),
    ...values.flatMap(([field, value]) =>
      (percentOf(value) ?? 0) > 100 ? [invalid(at.child(field), value, 'must not be greater than 100%')] : [],
    ),
    ...(unavailable && surge
      ? [invalid(at.child('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero')]
      : []),
    ...(unavailable || surge ? [] : [required(at.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0')]),
  ];
}

function validateStrategy(strategy: UpdateStrategy, at: FieldPath): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') return [notSupported(at, strategy, ['OnDelete', 'RollingUpdate'])];
  const path = at.child('rollingUpdate');
  return rollingUpdate ? validateRolling(rollingUpdate, path) : [required(path)];
}

function validateSelector({ selector, template = {} }: Partial<DaemonSetSpec>, at: FieldPath): FieldError[] {
  const path = at.child('selector');
  const problems = validateLabelSelector(selector, path);
  const size = Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length;
  const matches =
    problems.length > 0 ||
    (selector !== undefined && matchesLabels(labelMatcher(selector), template.metadata?.labels ?? {}));
  return [
    ...problems,
    ...(matches ? [] : [foreignLabels(template, at.child('template'))]),
    ...(selector && size === 0 ? [invalid(path, selector, 'empty selector is invalid for daemonset')] : []),
  ];
}

/** Rules of the API reference for DaemonSet. Pure; reports every violation, each with its field path. */
export function validateDaemonSet(set: DaemonSet, at: FieldPath): FieldError[] {
  const spec = set.spec ?? noSpec;
  const path = at.child('spec');
  return [
    ...validateSelector(spec, path),
    ...validateEndlessTemplate(spec.template ?? {}, 'DaemonSet', path.child('template')),
    ...nonNegative(spec.minReadySeconds, path.child('minReadySeconds')),
    ...validateStrategy(spec.updateStrategy ?? {}, path.child('updateStrategy')),
    ...nonNegative(spec.revisionHistoryLimit, path.child('revisionHistoryLimit')),
  ];
}

export const validateDaemonSetUpdate = (next: DaemonSet, current: DaemonSet, at: FieldPath): FieldError[] =>
  deepEqual(next.spec?.selector, current.spec?.selector)
    ? []
    : [invalid(at.child('spec', 'selector'), next.spec?.selector ?? null, fieldIsImmutable)];

const counters = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const;

export function validateDaemonSetStatusUpdate(next: DaemonSet, current: DaemonSet, at: FieldPath): FieldError[] {
  const path = at.child('status');
  return [
    ...counters.flatMap((field) => nonNegative(next.status?.[field], path.child(field))),
    ...validateCollisions(next.status?.collisionCount, current.status?.collisionCount, path.child('collisionCount')),
  ];
}
