import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, tooLong, type FieldError } from '../../../api/field-error.js';
import { FieldPath } from '../../../api/field-path.js';
import type { ConfigMap } from '../../../api/generated/types.js';
import { isConfigMapKey } from '../../../api/names.js';

const maxBytes = 1024 * 1024;
export const frozen = 'field is immutable when `immutable` is set';

const decodedBytes = (base64: string): number => Buffer.byteLength(base64, 'base64');

/** Rules of the API reference for ConfigMap. Pure; reports every violation, each with its field path. */
export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap, at: FieldPath): FieldError[] {
  const bytes =
    Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
    Object.values(binaryData).reduce((sum, base64) => sum + decodedBytes(base64), 0);
  return [
    ...Object.keys(data).flatMap((key) => [
      ...isConfigMapKey(key).map((text) => invalid(at.child('data').key(key), key, text)),
      ...(key in binaryData ? [invalid(at.child('data').key(key), key, 'duplicate of key present in binaryData')] : []),
    ]),
    ...Object.keys(binaryData).flatMap((key) =>
      isConfigMapKey(key).map((text) => invalid(at.child('binaryData').key(key), key, text)),
    ),
    ...(bytes > maxBytes ? [tooLong(FieldPath.of('[]'), maxBytes)] : []),
  ];
}

/** An immutable ConfigMap keeps its data and stays immutable. */
export function validateConfigMapUpdate(next: ConfigMap, current: ConfigMap, at: FieldPath): FieldError[] {
  if (current.immutable !== true) return [];
  return [
    ...(next.immutable === true ? [] : [forbiddenField(at.child('immutable'), frozen)]),
    ...(['data', 'binaryData'] as const)
      .filter((field) => !deepEqual(next[field] ?? {}, current[field] ?? {}))
      .map((field) => forbiddenField(at.child(field), frozen)),
  ];
}
