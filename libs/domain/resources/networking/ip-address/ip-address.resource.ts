import { invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { IPAddress, ParentReference } from '../../../api/generated/types.js';
import { isDnsSubdomain, isPathSegmentName } from '../../../api/names.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { ipProblems } from '../../ip-address.js';
import { fieldIsImmutable, inFormat } from '../../rules.js';

/** IPAddress: an address that is taken, by its name, and what has taken it. */
export const ipAddress = defineResource<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  nameFormat: ipProblems,
  validate: ({ spec }, at) => validateParent(spec?.parentRef, at.child('spec', 'parentRef')),
  validateUpdate: (next, current, at) =>
    deepEqual(next.spec?.parentRef, current.spec?.parentRef)
      ? []
      : [invalid(at.child('spec', 'parentRef'), next.spec?.parentRef, fieldIsImmutable)],
  columns: [
    nameColumn,
    column('ParentRef', 'string', ({ spec }) => parentText(spec?.parentRef), { description: 'What has the address.' }),
  ],
});

/** The group may be empty: that of Services is. */
function validateParent(parent: ParentReference | undefined, at: FieldPath): FieldError[] {
  if (!parent) return [required(at)];
  const { group, resource, namespace, name } = parent;
  const segment = (value: string | undefined, path: FieldPath, isRequired: boolean): FieldError[] => {
    if (value) return inFormat(isPathSegmentName, value, path);
    return isRequired ? [required(path)] : [];
  };
  return [
    ...(group ? inFormat(isDnsSubdomain, group, at.child('group')) : []),
    ...segment(resource, at.child('resource'), true),
    ...segment(name, at.child('name'), true),
    ...segment(namespace, at.child('namespace'), false),
  ];
}

function parentText(parent: ParentReference | undefined): string {
  if (!parent) return '<none>';
  const { group, resource, namespace, name } = parent;
  const kind = (group ? `${resource}.${group}` : resource).toLowerCase();
  return [kind, ...(namespace ? [namespace] : []), name].join('/');
}
