import { invalid, notSupported, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { CronJob, CronJobSpec, JobSpec } from '../../../api/generated/types.js';
import { nonNegative, requiredOneOf } from '../../rules.js';
import { validateJobTemplate } from '../job/job.validation.js';
import { scheduleProblem } from './cron-schedule.js';

/** Jobs are named after it and the minute they are due: eleven characters more. */
const maxNameLength = 52;

const isKnownZone = (name: string): boolean => {
  if (name.split('/').some((part) => !/^(?!-)[A-Za-z._0-9+-]{1,14}$/.test(part) || /^\.{1,2}$/.test(part)))
    return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // Names differ in case, though not to Intl.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
};

function validateTimeZone(zone: string | undefined, at: FieldPath): FieldError[] {
  if (zone === undefined) return [];
  if (zone === '') return [invalid(at, zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local')
    return [
      invalid(at, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'),
      ...(zone === 'Local' ? [] : [invalid(at, zone, `unknown time zone ${zone}`)]),
    ];
  return isKnownZone(zone) ? [] : [invalid(at, zone, `unknown time zone ${zone}`)];
}

function validateSchedule(
  schedule: string | undefined,
  timeZone: string | undefined,
  hadZone: boolean,
  at: FieldPath,
): FieldError[] {
  if (!schedule) return [required(at)];
  const problem = scheduleProblem(schedule);
  const zoneProblem = !hadZone
    ? 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
    : timeZone === undefined
      ? undefined
      : 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
  return [
    ...(problem === undefined ? [] : [invalid(at, schedule, problem)]),
    ...(schedule.includes('TZ') && zoneProblem !== undefined ? [invalid(at, schedule, zoneProblem)] : []),
  ];
}

/** The selector of each Job is made with it. */
function validateTemplate(spec: JobSpec, at: FieldPath): FieldError[] {
  return [
    ...validateJobTemplate(spec, at),
    ...(spec.selector ? [invalid(at.child('selector'), spec.selector, '`selector` will be auto-generated')] : []),
    ...(spec.manualSelector ? [notSupported(at.child('manualSelector'), true, ['false', 'nil'])] : []),
  ];
}

/** Rules of the API reference that hold for every CronJob. Pure; reports every violation, each with its field path. */
export function validateCronJob({ spec }: CronJob, at: FieldPath): FieldError[] {
  const path = at.child('spec');
  const given = spec ?? ({} as CronJobSpec);
  return [
    ...nonNegative(given.startingDeadlineSeconds, path.child('startingDeadlineSeconds')),
    ...requiredOneOf(given.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], path.child('concurrencyPolicy')),
    ...validateTemplate(given.jobTemplate?.spec ?? ({} as JobSpec), path.child('jobTemplate', 'spec')),
    ...nonNegative(given.successfulJobsHistoryLimit, path.child('successfulJobsHistoryLimit')),
    ...nonNegative(given.failedJobsHistoryLimit, path.child('failedJobsHistoryLimit')),
  ];
}

export const validateNewCronJob = ({ metadata, spec }: CronJob, at: FieldPath): FieldError[] => [
  ...validateSchedule(spec?.schedule, spec?.timeZone, false, at.child('spec', 'schedule')),
  ...validateTimeZone(spec?.timeZone, at.child('spec', 'timeZone')),
  ...((metadata.name ?? '').length > maxNameLength
    ? [invalid(at.child('metadata', 'name'), metadata.name ?? '', `must be no more than ${maxNameLength} characters`)]
    : []),
];

/** A zone that stood in the schedule once may stay there, and an unchanged time zone may have been forgotten by this server. */
export const validateCronJobUpdate = (next: CronJob, current: CronJob, at: FieldPath): FieldError[] => [
  ...validateSchedule(
    next.spec?.schedule,
    next.spec?.timeZone,
    current.spec?.schedule.includes('TZ') === true,
    at.child('spec', 'schedule'),
  ),
  ...(next.spec?.timeZone === current.spec?.timeZone
    ? []
    : validateTimeZone(next.spec?.timeZone, at.child('spec', 'timeZone'))),
];
