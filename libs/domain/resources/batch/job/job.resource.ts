import { FieldPath } from '../../../api/field-path.js';
import type { Job } from '../../../api/generated/types.js';
import { nameWarnings } from '../../apps/workload.warnings.js';
import { defineResource } from '../../define-resource.js';
import { jobColumns } from './job.columns.js';
import { defaultJob } from './job.defaults.js';
import { validateJobStatusUpdate } from './job-status.validation.js';
import { validateJobUpdate } from './job-update.validation.js';
import { jobStrategy } from './job.strategy.js';
import { validateJob } from './job.validation.js';
import { jobSpecWarnings } from './job.warnings.js';

/** Job: runs pods until enough of them have succeeded. */
export const job = defineResource<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  defaults: defaultJob,
  strategy: jobStrategy,
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatusUpdate,
  warnings: ({ metadata, spec }, current) => [
    ...(current ? [] : nameWarnings(metadata.name)),
    ...(current && current.metadata.generation === metadata.generation
      ? []
      : jobSpecWarnings(spec, FieldPath.of('spec'))),
  ],
  deleteWarnings: ({ propagationPolicy, orphanDependents }) =>
    propagationPolicy === undefined && orphanDependents === undefined
      ? [
          'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
        ]
      : [],
  columns: jobColumns,
});
