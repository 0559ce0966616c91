import { deepEqual } from '../../../api/deep-equal.js';
import type { Deployment } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn, wide } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { containerNames, images, selectorText } from '../workload.columns.js';
import { workloadStrategy } from '../workload.strategy.js';
import { workloadWarnings } from '../workload.warnings.js';
import { defaultDeployment } from './deployment.defaults.js';
import {
  validateDeployment,
  validateDeploymentStatusUpdate,
  validateDeploymentUpdate,
} from './deployment.validation.js';

/** Deployment: replaces pods of one template by pods of the next, at a pace, with a way back. */
export const deployment = defineResource<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  defaults: defaultDeployment,
  strategy: {
    ...workloadStrategy<Deployment>({}),
    // Annotations are copied to the replica sets, so a change of them is something to act upon.
    changesGeneration: (next, current) =>
      !deepEqual(next.spec, current.spec) ||
      !deepEqual(next.metadata.annotations ?? {}, current.metadata.annotations ?? {}),
    prepareForStatusUpdate: (next, current) => {
      const { labels: _ignored, ...metadata } = next.metadata;
      const labels = current.metadata.labels;
      return {
        ...next,
        metadata: { ...metadata, ...(labels ? { labels } : {}) },
        ...(current.spec ? { spec: current.spec } : {}),
      };
    },
  },
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatusUpdate: validateDeploymentStatusUpdate,
  warnings: workloadWarnings,
  columns: [
    nameColumn,
    column('Ready', 'string', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    column('Up-to-date', 'string', ({ status }) => status?.updatedReplicas ?? 0),
    column('Available', 'string', ({ status }) => status?.availableReplicas ?? 0),
    ageColumn,
    wide('Containers', 'string', ({ spec }) => containerNames(spec?.template)),
    wide('Images', 'string', ({ spec }) => images(spec?.template)),
    wide('Selector', 'string', ({ spec }) => selectorText(spec?.selector)),
  ],
});
