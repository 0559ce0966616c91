import { each } from '../api/findings.js';
import { invalid, notSupported, required, type FieldError } from '../api/field-error.js';
import type { FieldPath } from '../api/field-path.js';
import type { FormatCheck } from '../api/names.js';

/** Small rules that many kinds share. Each reports what is wrong at a path; nothing for an absent optional value. */
export const fieldIsImmutable = 'field is immutable';

export const nonNegative = (value: number | undefined, at: FieldPath): FieldError[] =>
  value !== undefined && value < 0 ? [invalid(at, value, 'must be greater than or equal to 0')] : [];

export const positive = (value: number | undefined, at: FieldPath): FieldError[] =>
  value !== undefined && value <= 0 ? [invalid(at, value, 'must be greater than zero')] : [];

export const inFormat = (check: FormatCheck, value: string, at: FieldPath): FieldError[] =>
  each(check(value), (text) => [invalid(at, value, text)]);

export const oneOf = (value: string | undefined, supported: readonly string[], at: FieldPath): FieldError[] =>
  value === undefined || supported.includes(value) ? [] : [notSupported(at, value, supported)];

export const requiredOneOf = (value: string | undefined, supported: readonly string[], at: FieldPath): FieldError[] =>
  value ? oneOf(value, supported, at) : [required(at)];

export const protocols = ['SCTP', 'TCP', 'UDP'] as const;
