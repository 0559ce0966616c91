import type { FieldPath } from './field-path.js';

/** Why a field was refused: the causes' `reason` of a 422 (metav1.CauseType). */
export type FieldErrorReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

/** One violated rule. `message` is the text behind the path: `Invalid value: "x": must be …`. */
export interface FieldError {
  readonly reason: FieldErrorReason;
  readonly field: string;
  readonly message: string;
}

/** A value as field errors quote it: strings and objects as JSON, numbers (long integers are bigints) and booleans bare, absent as null. */
export const quoted = (value: unknown): string =>
  typeof value === 'bigint' ? value.toString() : value === undefined ? 'null' : JSON.stringify(value);

const withDetail = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`);

export const required = (at: FieldPath, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  field: at.toString(),
  message: withDetail('Required value', detail),
});

export const invalid = (at: FieldPath, value: unknown, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field: at.toString(),
  message: withDetail(`Invalid value: ${quoted(value)}`, detail),
});

export const typeInvalid = (at: FieldPath, value: unknown, detail: string): FieldError => ({
  reason: 'FieldValueTypeInvalid',
  field: at.toString(),
  message: withDetail(`Invalid value: ${quoted(value)}`, detail),
});

export const notSupported = (at: FieldPath, value: unknown, supported: readonly string[]): FieldError =>
  notSupportedInOrder(at, value, [...supported].sort());

/** For the few fields that list what they support in an order of their own. */
export const notSupportedInOrder = (at: FieldPath, value: unknown, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  field: at.toString(),
  message: withDetail(
    `Unsupported value: ${quoted(value)}`,
    supported.length === 0 ? '' : `supported values: ${supported.map(quoted).join(', ')}`,
  ),
});

export const duplicate = (at: FieldPath, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  field: at.toString(),
  message: `Duplicate value: ${quoted(value)}`,
});

export const forbiddenField = (at: FieldPath, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field: at.toString(),
  message: withDetail('Forbidden', detail),
});

export const notFoundField = (at: FieldPath, value: unknown): FieldError => ({
  reason: 'FieldValueNotFound',
  field: at.toString(),
  message: `Not found: ${quoted(value)}`,
});

export const tooLong = (at: FieldPath, maxBytes: number): FieldError => ({
  reason: 'FieldValueTooLong',
  field: at.toString(),
  message: `Too long: may not be more than ${maxBytes} bytes`,
});

export const tooMany = (at: FieldPath, actual: number, max: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field: at.toString(),
  message: `Too many: ${actual}: must have at most ${max} item${max === 1 ? '' : 's'}`,
});
