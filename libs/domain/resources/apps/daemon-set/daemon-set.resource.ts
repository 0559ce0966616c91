import { deepEqual } from '../../../api/deep-equal.js';
import type { DaemonSet } from '../../../api/generated/types.js';
import { defaultPodSpec } from '../../core/pod-spec/pod-spec.defaults.js';
import { ageColumn, column, labelsText, nameColumn, wide } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { containerNames, images, selectorText } from '../workload.columns.js';
import { workloadStrategy } from '../workload.strategy.js';
import { templateWarnings } from '../workload.warnings.js';
import { validateDaemonSet, validateDaemonSetStatusUpdate, validateDaemonSetUpdate } from './daemon-set.validation.js';

/** Counts the versions of the template. Once a field of its own; clients still read it here. */
const templateGeneration = 'deprecated.daemonset.template.generation';

const generationOf = ({ metadata }: DaemonSet): number => Number(metadata.annotations?.[templateGeneration]) || 0;

const withGeneration = (set: DaemonSet, generation: number): DaemonSet => ({
  ...set,
  metadata: {
    ...set.metadata,
    annotations: { ...set.metadata.annotations, [templateGeneration]: String(generation) },
  },
});

const { prepareForCreate, prepareForUpdate } = workloadStrategy<DaemonSet>({
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
});

/** DaemonSet: one pod of a template on every node that suits it. */
export const daemonSet = defineResource<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  defaults: ({ metadata, spec }) => {
    metadata.annotations = { [templateGeneration]: '0', ...metadata.annotations };
    if (!spec) return;
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ||= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
      spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    if (spec.template?.spec) defaultPodSpec(spec.template.spec);
  },
  strategy: {
    prepareForCreate: (set, context) => withGeneration(prepareForCreate(set, context), Math.max(1, generationOf(set))),
    prepareForUpdate: (next, current, context) => {
      const prepared = prepareForUpdate(next, current, context);
      const isNew = !deepEqual(prepared.spec?.template, current.spec?.template);
      return withGeneration(prepared, generationOf(current) + (isNew ? 1 : 0));
    },
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatusUpdate: validateDaemonSetStatusUpdate,
  warnings: templateWarnings,
  columns: [
    nameColumn,
    column('Desired', 'integer', ({ status }) => status?.desiredNumberScheduled ?? 0),
    column('Current', 'integer', ({ status }) => status?.currentNumberScheduled ?? 0),
    column('Ready', 'integer', ({ status }) => status?.numberReady ?? 0),
    column('Up-to-date', 'integer', ({ status }) => status?.updatedNumberScheduled ?? 0),
    column('Available', 'integer', ({ status }) => status?.numberAvailable ?? 0),
    column('Node Selector', 'string', ({ spec }) => labelsText(spec?.template?.spec?.nodeSelector)),
    ageColumn,
    wide('Containers', 'string', ({ spec }) => containerNames(spec?.template)),
    wide('Images', 'string', ({ spec }) => images(spec?.template)),
    wide('Selector', 'string', ({ spec }) => selectorText(spec?.selector)),
  ],
});
