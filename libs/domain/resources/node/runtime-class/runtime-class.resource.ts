import { deepEqual } from '../../../api/deep-equal.js';
import { duplicate, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { RuntimeClass, Toleration } from '../../../api/generated/types.js';
import { isDnsLabel } from '../../../api/names.js';
import { validateLabels } from '../../../api/object-meta.validation.js';
import { validateContainerResources } from '../../core/pod-spec/resources.validation.js';
import { validateTolerations } from '../../core/pod-spec/toleration.validation.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { fieldIsImmutable, inFormat } from '../../rules.js';

/** RuntimeClass: how the containers of a pod are run, and on which nodes they can be. */
export const runtimeClass = defineResource<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  freeFinalizers: true,
  strategy: { allowCreateOnUpdate: true, allowUnconditionalUpdate: false },
  validate: ({ handler, overhead, scheduling }, at) => [
    ...(handler ? inFormat(isDnsLabel, handler, at.child('handler')) : [required(at.child('handler'))]),
    ...(overhead ? validateContainerResources({ limits: overhead.podFixed ?? {} }, [], at.child('overhead')) : []),
    ...validateLabels(scheduling?.nodeSelector, at.child('scheduling', 'nodeSelector')),
    ...validateUniqueTolerations(scheduling?.tolerations ?? [], at.child('scheduling', 'tolerations')),
  ],
  validateUpdate: (next, current, at) =>
    next.handler === current.handler ? [] : [invalid(at.child('handler'), next.handler, fieldIsImmutable)],
  columns: [nameColumn, column('Handler', 'string', ({ handler }) => handler ?? ''), ageColumn],
});

/** For how long a taint is tolerated does not make it another one. */
const tolerated = ({ tolerationSeconds: _time, ...toleration }: Toleration): object => toleration;

const validateUniqueTolerations = (tolerations: readonly Toleration[], at: FieldPath): FieldError[] => [
  ...validateTolerations(tolerations, at),
  ...tolerations.flatMap((toleration, i) =>
    tolerations.slice(0, i).some((other) => deepEqual(tolerated(other), tolerated(toleration)))
      ? [duplicate(at.index(i), toleration)]
      : [],
  ),
];
