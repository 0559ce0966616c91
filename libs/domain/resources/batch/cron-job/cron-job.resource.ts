import { FieldPath } from '../../../api/field-path.js';
import type { CronJob } from '../../../api/generated/types.js';
import { containerNames, images, selectorText } from '../../apps/workload.columns.js';
import { nameWarnings } from '../../apps/workload.warnings.js';
import { ageColumn, column, nameColumn, since, wide } from '../../columns.js';
import { templateWithoutSwitchedOff } from '../../core/pod-spec/switched-off-fields.js';
import { defineResource } from '../../define-resource.js';
import { defaultJobTemplate } from '../job/job.defaults.js';
import { jobSpecWarnings } from '../job/job.warnings.js';
import { validateCronJob, validateCronJobUpdate, validateNewCronJob } from './cron-job.validation.js';

function withoutSwitchedOff(next: CronJob, current?: CronJob): CronJob {
  const { spec } = next;
  if (!spec?.jobTemplate?.spec) return next;
  const jobSpec = templateWithoutSwitchedOff(spec.jobTemplate.spec, current?.spec?.jobTemplate?.spec);
  return { ...next, spec: { ...spec, jobTemplate: { ...spec.jobTemplate, spec: jobSpec } } };
}

/** CronJob: makes a Job whenever its schedule says so. */
export const cronJob = defineResource<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  defaults: ({ spec }) => {
    if (!spec) return;
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    if (spec.jobTemplate?.spec) defaultJobTemplate(spec.jobTemplate.spec);
  },
  strategy: {
    prepareForCreate: (cronJob) => ({ ...withoutSwitchedOff(cronJob), status: {} }),
    prepareForUpdate: (next, current) => ({
      ...withoutSwitchedOff(next, current),
      ...(current.status ? { status: current.status } : {}),
    }),
  },
  validateCreate: validateNewCronJob,
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: ({ metadata, spec }, current) => [
    ...(current ? [] : nameWarnings(metadata.name)),
    ...(current && current.metadata.generation === metadata.generation
      ? []
      : jobSpecWarnings(spec?.jobTemplate?.spec, FieldPath.of('spec', 'jobTemplate', 'spec'))),
    ...(current && spec?.schedule?.includes('TZ')
      ? [
          'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
        ]
      : []),
  ],
  columns: [
    nameColumn,
    column('Schedule', 'string', ({ spec }) => spec?.schedule ?? ''),
    column('Timezone', 'string', ({ spec }) => spec?.timeZone ?? '<none>'),
    column('Suspend', 'boolean', ({ spec }) => (spec?.suspend === true ? 'True' : 'False')),
    column('Active', 'integer', ({ status }) => (status?.active ?? []).length),
    column('Last Schedule', 'string', ({ status }, now) =>
      status?.lastScheduleTime ? since(status.lastScheduleTime, now) : '<none>',
    ),
    ageColumn,
    wide('Containers', 'string', ({ spec }) => containerNames(spec?.jobTemplate?.spec?.template)),
    wide('Images', 'string', ({ spec }) => images(spec?.jobTemplate?.spec?.template)),
    wide('Selector', 'string', ({ spec }) => selectorText(spec?.jobTemplate?.spec?.selector)),
  ],
});
