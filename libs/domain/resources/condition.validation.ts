import { duplicate, invalid, notSupported, required, tooLong, type FieldError } from '../api/field-error.js';
import type { FieldPath } from '../api/field-path.js';
import type { Condition } from '../api/generated/types.js';
import { isQualifiedName, type FormatCheck } from '../api/names.js';
import { inFormat } from './rules.js';

const statuses = ['False', 'True', 'Unknown'];
const limits = { reason: 1024, message: 32 * 1024 };
const reasonPattern = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const isReason: FormatCheck = (reason) =>
  new RegExp(`^${reasonPattern}$`).test(reason)
    ? []
    : [
        `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${reasonPattern}')`,
      ];

function validateReason(reason: string | undefined, at: FieldPath): FieldError[] {
  if (!reason) return [required(at)];
  return [
    ...inFormat(isReason, reason, at),
    ...(Buffer.byteLength(reason) > limits.reason ? [tooLong(at, limits.reason)] : []),
  ];
}

/** Rules of metav1.Condition, which the newer kinds share: each type once. */
export function validateConditions(conditions: readonly Partial<Condition>[], at: FieldPath): FieldError[] {
  return conditions.flatMap(
    ({ type = '', status, observedGeneration = 0, lastTransitionTime, reason, message = '' }, i) => {
      const path = at.index(i);
      return [
        ...(conditions.findIndex((other) => (other.type ?? '') === type) < i
          ? [duplicate(path.child('type'), type)]
          : []),
        ...inFormat(isQualifiedName, type, path.child('type')),
        ...(statuses.includes(status ?? '') ? [] : [notSupported(path.child('status'), status ?? '', statuses)]),
        ...(observedGeneration < 0
          ? [invalid(path.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero')]
          : []),
        ...(lastTransitionTime ? [] : [required(path.child('lastTransitionTime'))]),
        ...validateReason(reason, path.child('reason')),
        ...(Buffer.byteLength(message) > limits.message ? [tooLong(path.child('message'), limits.message)] : []),
      ];
    },
  );
}
