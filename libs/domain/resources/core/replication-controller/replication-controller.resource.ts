import { required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { ReplicationController } from '../../../api/generated/types.js';
import { labelsMatcher, matchesLabels } from '../../../api/label-selector.js';
import { containerNames, images } from '../../apps/workload.columns.js';
import { workloadStrategy } from '../../apps/workload.strategy.js';
import { foreignLabels, validateEndlessTemplate, validateReplicaCounts } from '../../apps/workload.validation.js';
import { workloadWarnings } from '../../apps/workload.warnings.js';
import { ageColumn, column, labelsText, nameColumn, wide } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { nonNegative } from '../../rules.js';
import { defaultPodSpec } from '../pod-spec/pod-spec.defaults.js';

/** ReplicationController: the predecessor of ReplicaSet, with a selector of labels only. */
export const replicationController = defineResource<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  defaults: ({ metadata, spec }) => {
    const labels = spec?.template?.metadata?.labels;
    if (spec && labels) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    }
    if (!spec) return;
    spec.replicas ??= 1;
    // Zero is the default, and is not written.
    if (spec.minReadySeconds === 0) delete spec.minReadySeconds;
    if (spec.template?.spec) defaultPodSpec(spec.template.spec);
  },
  strategy: workloadStrategy<ReplicationController>({ replicas: 0 }),
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  validate: validateReplicationController,
  validateStatusUpdate: ({ status }, _current, at) =>
    validateReplicaCounts(
      status ?? { replicas: 0 },
      ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
      at.child('status'),
    ),
  warnings: workloadWarnings,
  columns: [
    nameColumn,
    column('Desired', 'integer', ({ spec }) => spec?.replicas ?? 0),
    column('Current', 'integer', ({ status }) => status?.replicas ?? 0),
    column('Ready', 'integer', ({ status }) => status?.readyReplicas ?? 0),
    ageColumn,
    wide('Containers', 'string', ({ spec }) => containerNames(spec?.template)),
    wide('Images', 'string', ({ spec }) => images(spec?.template)),
    wide('Selector', 'string', ({ spec }) => labelsText(spec?.selector)),
  ],
});

/** Rules of the API reference for ReplicationController. Pure; reports every violation, each with its field path. */
function validateReplicationController({ spec }: ReplicationController, at: FieldPath): FieldError[] {
  const { selector = {}, template, replicas, minReadySeconds } = spec ?? {};
  const path = at.child('spec');
  const inTemplate = path.child('template');
  return [
    ...nonNegative(minReadySeconds, path.child('minReadySeconds')),
    ...(Object.keys(selector).length === 0 ? [required(path.child('selector'))] : []),
    ...nonNegative(replicas, path.child('replicas')),
    ...(template
      ? [
          ...(matchesLabels(labelsMatcher(selector), template.metadata?.labels ?? {})
            ? []
            : [foreignLabels(template, inTemplate)]),
          ...validateEndlessTemplate(template, 'ReplicationController', inTemplate),
        ]
      : [required(inTemplate)]),
  ];
}
