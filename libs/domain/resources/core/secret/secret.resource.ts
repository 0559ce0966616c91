import type { Secret } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateSecret, validateSecretUpdate } from './secret.validation.js';

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
  selectableFields: { type: ({ type }) => type ?? '' },
  columns: [
    nameColumn,
    column('Type', 'string', ({ type }) => type ?? ''),
    column('Data', 'string', ({ data }) => Object.keys(data ?? {}).length),
    ageColumn,
  ],
});
