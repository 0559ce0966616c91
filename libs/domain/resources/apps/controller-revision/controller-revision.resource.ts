import { deepEqual } from '../../../api/deep-equal.js';
import { invalid, required } from '../../../api/field-error.js';
import type { ControllerRevision } from '../../../api/generated/types.js';
import { parseApiVersion } from '../../../api/group-version.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';

/** ControllerRevision: a snapshot of a workload's template. Its data never change; its number only grows. */
export const controllerRevision = defineResource<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  validate: ({ data, revision }, at) => [
    ...(data === undefined || data === null
      ? [required(at.child('data'), 'data is mandatory')]
      : typeof data !== 'object' || Array.isArray(data)
        ? [required(at.child('data'), 'data must be a valid JSON object')]
        : []),
    ...(revision < 0 ? [invalid(at.child('revision'), revision, 'must be greater than or equal to 0')] : []),
  ],
  validateUpdate: (next, current, at) => [
    ...(deepEqual(next.data, current.data) ? [] : [invalid(at.child('data'), next.data, 'field is immutable')]),
  ],
  columns: [
    nameColumn,
    column('Controller', 'string', ({ metadata }) => {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller);
      if (!owner) return '<none>';
      const { group } = parseApiVersion(owner.apiVersion);
      return `${owner.kind.toLowerCase()}${group ? `.${group}` : ''}/${owner.name}`;
    }),
    column('Revision', 'string', ({ revision }) => revision),
    ageColumn,
  ],
});
