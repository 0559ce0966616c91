import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, required, tooLong, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Secret } from '../../../api/generated/types.js';
import { isConfigMapKey } from '../../../api/names.js';
import { frozen } from '../config-map/config-map.validation.js';

const maxBytes = 1024 * 1024;

type TypeRule = (secret: Secret, at: FieldPath) => FieldError[];

const needs =
  (key: string): TypeRule =>
  ({ data = {} }, at) =>
    key in data ? [] : [required(at.child('data').key(key))];

function needsJson(key: string): TypeRule {
  return ({ data = {} }, at) => {
    const value = data[key];
    if (value === undefined) return [required(at.child('data').key(key))];
    const problem = jsonProblem(Buffer.from(value, 'base64').toString());
    return problem === undefined ? [] : [invalid(at.child('data').key(key), '<secret contents redacted>', problem)];
  };
}

/** Why a text is not a JSON object; undefined if it is. */
function jsonProblem(text: string): string | undefined {
  if (text.trim() === '') return 'unexpected end of JSON input';
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
  } catch {
    return `invalid character '${text.trimStart()[0]}' looking for beginning of value`;
  }
}

/** What each built-in type demands (API reference, "Types of Secret"). */
const typeRules: Readonly<Record<string, readonly TypeRule[]>> = {
  'kubernetes.io/service-account-token': [
    ({ metadata }, at) =>
      metadata.annotations?.['kubernetes.io/service-account.name']
        ? []
        : [required(at.child('metadata', 'annotations').key('kubernetes.io/service-account.name'))],
  ],
  'kubernetes.io/dockercfg': [needsJson('.dockercfg')],
  'kubernetes.io/dockerconfigjson': [needsJson('.dockerconfigjson')],
  'kubernetes.io/basic-auth': [
    ({ data = {} }, at) =>
      'username' in data || 'password' in data
        ? []
        : ['username', 'password'].map((key) => required(at.child('data').key(key))),
  ],
  'kubernetes.io/ssh-auth': [
    ({ data }, at) => (data?.['ssh-privatekey'] ? [] : [required(at.child('data').key('ssh-privatekey'))]),
  ],
  'kubernetes.io/tls': [needs('tls.crt'), needs('tls.key')],
};

/** Rules of the API reference for Secret. Pure; reports every violation, each with its field path. */
export function validateSecret(secret: Secret, at: FieldPath): FieldError[] {
  const data = secret.data ?? {};
  const bytes = Object.values(data).reduce((sum, base64) => sum + Buffer.byteLength(base64 ?? '', 'base64'), 0);
  return [
    ...Object.keys(data).flatMap((key) =>
      isConfigMapKey(key).map((text) => invalid(at.child('data').key(key), key, text)),
    ),
    ...(bytes > maxBytes ? [tooLong(at.child('data'), maxBytes)] : []),
    ...(typeRules[secret.type ?? ''] ?? []).flatMap((rule) => rule(secret, at)),
  ];
}

/** The type never changes; an immutable Secret keeps its data and stays immutable. */
export function validateSecretUpdate(next: Secret, current: Secret, at: FieldPath): FieldError[] {
  return [
    ...(next.type === current.type ? [] : [invalid(at.child('type'), next.type, 'field is immutable')]),
    ...(current.immutable === true && next.immutable !== true ? [forbiddenField(at.child('immutable'), frozen)] : []),
    ...(current.immutable === true && !deepEqual(next.data ?? {}, current.data ?? {})
      ? [forbiddenField(at.child('data'), frozen)]
      : []),
  ];
}
