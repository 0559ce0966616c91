import type { ReplicaSet } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn, wide } from '../../columns.js';
import { defaultPodSpec } from '../../core/pod-spec/pod-spec.defaults.js';
import { defineResource } from '../../define-resource.js';
import { containerNames, images, selectorText } from '../workload.columns.js';
import { workloadStrategy } from '../workload.strategy.js';
import { workloadWarnings } from '../workload.warnings.js';
import {
  validateReplicaSet,
  validateReplicaSetStatusUpdate,
  validateReplicaSetUpdate,
} from './replica-set.validation.js';

/** ReplicaSet: keeps a number of pods of one template running. */
export const replicaSet = defineResource<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  defaults: ({ spec }) => {
    if (!spec) return;
    spec.replicas ??= 1;
    if (spec.template?.spec) defaultPodSpec(spec.template.spec);
  },
  strategy: workloadStrategy<ReplicaSet>({ replicas: 0 }),
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatusUpdate: validateReplicaSetStatusUpdate,
  warnings: workloadWarnings,
  columns: [
    nameColumn,
    column('Desired', 'integer', ({ spec }) => spec?.replicas ?? 0),
    column('Current', 'integer', ({ status }) => status?.replicas ?? 0),
    column('Ready', 'integer', ({ status }) => status?.readyReplicas ?? 0),
    ageColumn,
    wide('Containers', 'string', ({ spec }) => containerNames(spec?.template)),
    wide('Images', 'string', ({ spec }) => images(spec?.template)),
    wide('Selector', 'string', ({ spec }) => selectorText(spec?.selector)),
  ],
});
