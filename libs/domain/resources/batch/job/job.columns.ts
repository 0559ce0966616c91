import type { Job } from '../../../api/generated/types.js';
import { containerNames, images, selectorText } from '../../apps/workload.columns.js';
import { ageColumn, column, humanDuration, nameColumn, wide } from '../../columns.js';
import type { Column } from '../../define-resource.js';

function statusText({ metadata, status }: Job): string {
  const holds = (type: string): boolean =>
    status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, now: Date): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : now.getTime();
  return humanDuration(end - Date.parse(status.startTime));
}

export const jobColumns: readonly Column<Job>[] = [
  nameColumn,
  column('Status', 'string', statusText),
  column('Completions', 'string', completionsText),
  column('Duration', 'string', durationText),
  ageColumn,
  wide('Containers', 'string', ({ spec }) => containerNames(spec?.template)),
  wide('Images', 'string', ({ spec }) => images(spec?.template)),
  wide('Selector', 'string', ({ spec }) => selectorText(spec?.selector)),
];
