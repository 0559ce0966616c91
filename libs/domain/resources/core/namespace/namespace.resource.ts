import type { Namespace } from '../../../api/generated/types.js';
import { invalid } from '../../../api/field-error.js';
import { finalizerProblems } from '../../../api/object-meta.validation.js';
import { isDnsLabel, isQualifiedName } from '../../../api/names.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { namespaceStrategy } from './namespace.strategy.js';
import { validateNamespaceStatusUpdate } from './namespace.validation.js';

/** Namespace: a scope for names. Deleting one deletes everything in it before its finalizer goes. */
export const namespace = defineResource<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  nameFormat: isDnsLabel,
  defaults: (namespace) => {
    if (namespace.metadata.name) {
      namespace.metadata.labels = {
        ...namespace.metadata.labels,
        'kubernetes.io/metadata.name': namespace.metadata.name,
      };
    }
    namespace.status ??= {};
    namespace.status.phase ??= 'Active';
  },
  strategy: namespaceStrategy,
  validate: ({ spec }, at) =>
    (spec?.finalizers ?? []).flatMap((finalizer) => {
      const path = at.child('spec', 'finalizers');
      return [...isQualifiedName(finalizer), ...finalizerProblems(finalizer)].map((text) =>
        invalid(path, finalizer, text),
      );
    }),
  validateStatusUpdate: validateNamespaceStatusUpdate,
  selectableFields: {
    'status.phase': ({ status }) => status?.phase ?? '',
    name: ({ metadata }) => metadata.name ?? '',
  },
  columns: [nameColumn, column('Status', 'string', ({ status }) => status?.phase ?? ''), ageColumn],
});
