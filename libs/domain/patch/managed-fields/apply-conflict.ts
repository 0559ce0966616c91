import { StatusError } from '../../api/status-error.js';
import { printedPaths, type FieldSet } from '../structured/field-set.js';
import type { Ownership } from './managers.js';

/** Fields that an applier wants to set differently and another manager owns. */
export interface ApplyConflict {
  readonly owner: Ownership;
  readonly fields: FieldSet;
}

const printManager = ({ manager, operation, apiVersion, subresource }: Ownership): string =>
  [
    JSON.stringify(manager),
    ...(subresource === '' ? [] : [`with subresource ${JSON.stringify(subresource)}`]),
    ...(operation === 'Update' ? [`using ${apiVersion}`] : []),
  ].join(' ');

/** 409 with one cause for each field and owner, worded as clients print it. */
export function applyConflictError(conflicts: readonly ApplyConflict[]): StatusError {
  const listed = conflicts
    .map(({ owner, fields }) => ({ owner: printManager(owner), paths: printedPaths(fields) }))
    .sort((a, b) => (a.owner < b.owner ? -1 : a.owner > b.owner ? 1 : 0));
  const causes = listed.flatMap(({ owner, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  );
  const text =
    causes.length === 1
      ? `Apply failed with 1 conflict: conflict with ${listed[0]?.owner ?? ''}: ${causes[0]?.field ?? ''}`
      : `Apply failed with ${causes.length} conflicts: ${listed
          .flatMap(({ owner, paths }) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)])
          .join('\n')}`;
  return new StatusError(409, 'Conflict', text, { causes });
}
