import type { Secret } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateSecret, validateSecretUpdate } from './secret.validation.js';

/** A key pair of which one half cannot be read serves nobody. */
function secretWarnings({ type, data = {} }: Secret): string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const pem = (key: string): boolean => /-----BEGIN [^-]+-----/.test(Buffer.from(data[key] ?? '', 'base64').toString());
  if (!pem('tls.crt')) return ['tls: failed to find any PEM data in certificate input'];
  return pem('tls.key') ? [] : ['tls: failed to find any PEM data in key input'];
}

/** Secret: up to 1 MiB of data of a type that never changes. What a client writes as text in `stringData` becomes data. */
export const secret = defineResource<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  defaults: (secret) => {
    secret.type ??= 'Opaque';
    if (secret.type === '') secret.type = 'Opaque';
    if (secret.stringData === undefined) return;
    const texts = Object.entries(secret.stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
    if (texts.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(texts) };
    delete secret.stringData;
  },
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  warnings: secretWarnings,
  selectableFields: { type: ({ type }) => type ?? '' },
  columns: [
    nameColumn,
    column('Type', 'string', ({ type }) => type ?? ''),
    column('Data', 'string', ({ data }) => Object.keys(data ?? {}).length),
    ageColumn,
  ],
});
