import type { StatefulSet } from '../../../api/generated/types.js';
import { isDnsLabel } from '../../../api/names.js';
import { ageColumn, column, nameColumn, wide } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { containerNames, images } from '../workload.columns.js';
import { workloadStrategy } from '../workload.strategy.js';
import { templateWarnings } from '../workload.warnings.js';
import { defaultStatefulSet } from './stateful-set.defaults.js';
import {
  validateNewStatefulSet,
  validateStatefulSet,
  validateStatefulSetStatusUpdate,
  validateStatefulSetUpdate,
} from './stateful-set.validation.js';

const { prepareForCreate, prepareForUpdate } = workloadStrategy<StatefulSet>({ replicas: 0, availableReplicas: 0 });

/** The field is switched off in v1.36: it is dropped where it was not there before. */
function withoutMaxUnavailable(set: StatefulSet): StatefulSet {
  const { updateStrategy } = set.spec ?? {};
  if (!set.spec || updateStrategy?.rollingUpdate?.maxUnavailable === undefined) return set;
  const { maxUnavailable: _dropped, ...rollingUpdate } = updateStrategy.rollingUpdate;
  return { ...set, spec: { ...set.spec, updateStrategy: { ...updateStrategy, rollingUpdate } } };
}

/** StatefulSet: pods with names, places in an order and storage of their own. */
export const statefulSet = defineResource<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  nameFormat: isDnsLabel,
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  defaults: defaultStatefulSet,
  strategy: {
    prepareForCreate: (set, context) => withoutMaxUnavailable(prepareForCreate(set, context)),
    prepareForUpdate: (next, current, context) =>
      current.spec?.updateStrategy?.rollingUpdate?.maxUnavailable === undefined
        ? withoutMaxUnavailable(prepareForUpdate(next, current, context))
        : prepareForUpdate(next, current, context),
  },
  validate: validateStatefulSet,
  validateCreate: validateNewStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatusUpdate,
  warnings: (next, current) => [
    ...templateWarnings(next, current),
    ...((next.spec?.revisionHistoryLimit ?? 0) < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ],
  columns: [
    nameColumn,
    column('Ready', 'string', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    ageColumn,
    wide('Containers', 'string', ({ spec }) => containerNames(spec?.template)),
    wide('Images', 'string', ({ spec }) => images(spec?.template)),
  ],
});
