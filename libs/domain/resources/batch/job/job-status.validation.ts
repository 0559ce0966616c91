import { deepEqual } from '../../../api/deep-equal.js';
import { duplicate, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Job, JobStatus } from '../../../api/generated/types.js';
import { fieldIsImmutable, nonNegative } from '../../rules.js';
import { countIndexes, overlap } from './job-indexes.js';

type Condition = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

/** A status with what its rules ask of it. */
interface Seen {
  readonly status: JobStatus;
  readonly is: (condition: Condition) => boolean;
  readonly isFinished: boolean;
}

function seen({ status = {} }: Job): Seen {
  const is = (condition: Condition): boolean =>
    status.conditions?.some(({ type, status: holds }) => type === condition && holds === 'True') === true;
  return { status, is, isFinished: is('Complete') || is('Failed') };
}

/** Two looks at a Job. Most rules hold only for what changes: a status that broke them before may go on. */
interface Change {
  readonly job: Job;
  readonly next: Seen;
  readonly current: Seen;
  readonly at: FieldPath;
  readonly changes: (field: keyof JobStatus) => boolean;
  readonly turns: (...conditions: Condition[]) => boolean;
}

const counters = ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const;

const refuse = (at: FieldPath, message: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field: at.toString(),
  message: `Invalid value: ${message}`,
});

function uncounted({ next: { status }, at }: Change): FieldError[] {
  const path = at.child('uncountedTerminatedPods');
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const all = [
    ...succeeded.map((uid, i) => ({ uid, place: path.child('succeeded').index(i) })),
    ...failed.map((uid, i) => ({ uid, place: path.child('failed').index(i) })),
  ];
  return all.flatMap(({ uid, place }, i) => {
    if (uid === '') return [invalid(place, uid, 'must not be empty')];
    return all.findIndex((other) => other.uid === uid) < i ? [duplicate(place, uid)] : [];
  });
}

const pairs: readonly [Condition, Condition, string][] = [
  ['Complete', 'Failed', 'cannot set Complete=True and Failed=true conditions'],
  ['Complete', 'FailureTarget', 'cannot set Complete=True and FailureTarget=true conditions'],
  ['SuccessCriteriaMet', 'Failed', 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
  ['SuccessCriteriaMet', 'FailureTarget', 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'],
];

function conditions({ job, next, current, at, changes, turns }: Change): FieldError[] {
  const path = at.child('conditions');
  const lost = (['Failed', 'Complete', 'FailureTarget'] as const).filter((one) => current.is(one) && !next.is(one));
  const rules: [boolean, string][] = [
    ...pairs.map(([a, b, text]): [boolean, string] => [
      next.is(a) && next.is(b) && (a === 'SuccessCriteriaMet' || turns(a, b)),
      text,
    ]),
    [
      (turns('Failed') || changes('failedIndexes')) && next.is('Failed') && !next.is('FailureTarget'),
      'cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      turns('Complete', 'SuccessCriteriaMet') && next.is('Complete') && !next.is('SuccessCriteriaMet'),
      'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    [
      job.spec?.successPolicy !== undefined && next.is('Complete') && !next.is('SuccessCriteriaMet'),
      'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
    ...lost.map((one): [boolean, string] => [true, `cannot disable the terminal ${one}=True condition`]),
    [
      current.is('SuccessCriteriaMet') && !next.is('SuccessCriteriaMet'),
      'cannot disable the SuccessCriteriaMet=True condition',
    ],
    [
      current.is('Complete') && !current.is('SuccessCriteriaMet') && next.is('SuccessCriteriaMet'),
      'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, text]) => refuse(path, text));
}

function times({ job, next, current, at, changes, turns }: Change): FieldError[] {
  const { startTime, completionTime } = next.status;
  const [start, end] = [at.child('startTime'), at.child('completionTime')];
  const ends = turns('Complete') || changes('completionTime');
  const hasNoWork = job.spec?.suspend === true && job.spec.completions === 0;
  const resumes =
    current.is('Suspended') &&
    next.status.conditions?.some(({ type, status }) => type === 'Suspended' && status === 'False') === true;
  return [
    ...(ends && completionTime && !next.is('Complete')
      ? [invalid(end, completionTime, 'cannot set completionTime when there is no Complete=True condition')]
      : []),
    ...(ends && !completionTime && next.is('Complete')
      ? [required(end, 'completionTime is required for Complete jobs')]
      : []),
    ...((changes('startTime') || changes('completionTime')) &&
    startTime &&
    completionTime &&
    Date.parse(completionTime) < Date.parse(startTime)
      ? [invalid(end, completionTime, 'must be equal to or after `startTime`')]
      : []),
    ...((next.isFinished !== current.isFinished || changes('startTime')) && !hasNoWork && next.isFinished && !startTime
      ? [required(start, 'startTime is required for finished job')]
      : []),
    ...(completionTime && current.status.completionTime && changes('completionTime')
      ? [invalid(end, completionTime, fieldIsImmutable)]
      : []),
    ...(current.status.startTime && changes('startTime') && !resumes && job.spec?.suspend !== true
      ? [invalid(start, startTime ?? null, 'field is immutable for unsuspended job once set')]
      : []),
  ];
}

function pods({ job, next, current, at, changes }: Change): FieldError[] {
  const { active = 0, ready, terminating = 0, succeeded = 0, failed = 0, uncountedTerminatedPods } = next.status;
  const finishes = next.isFinished !== current.isFinished;
  const scalable = job.spec?.completionMode === 'Indexed' && job.spec.completions === job.spec.parallelism;
  const left = (uncountedTerminatedPods?.failed ?? []).length + (uncountedTerminatedPods?.succeeded ?? []).length;
  const rules: [boolean, string, unknown, string][] = [
    [
      next.isFinished && (finishes || changes('active')) && active > 0,
      'active',
      active,
      'active>0 is invalid for finished job',
    ],
    [
      next.isFinished && (finishes || changes('uncountedTerminatedPods')) && left > 0,
      'uncountedTerminatedPods',
      uncountedTerminatedPods,
      'must be empty for finished job',
    ],
    [
      next.isFinished && (finishes || changes('terminating')) && terminating > 0,
      'terminating',
      terminating,
      'terminating>0 is invalid for finished job',
    ],
    [
      (changes('ready') || changes('active')) && (ready ?? 0) > active,
      'ready',
      ready,
      'cannot set more ready pods than active',
    ],
    [failed < (current.status.failed ?? 0), 'failed', failed, 'cannot decrease the failed counter'],
    [
      succeeded < (current.status.succeeded ?? 0) && !scalable,
      'succeeded',
      succeeded,
      'cannot decrease the succeeded counter',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, field, value, text]) => invalid(at.child(field), value, text));
}

function indexes({ job, next, at, changes }: Change): FieldError[] {
  const { completions, completionMode, backoffLimitPerIndex } = job.spec ?? {};
  const { completedIndexes = '', failedIndexes } = next.status;
  const [completed, failed] = [at.child('completedIndexes'), at.child('failedIndexes')];
  const unreadable = (field: 'completedIndexes' | 'failedIndexes', text: string): FieldError[] => {
    const count = countIndexes(text, completions ?? 0);
    return typeof count === 'string' ? [invalid(at.child(field), text, `error parsing ${field}: ${count}`)] : [];
  };
  const common =
    completions !== undefined &&
    failedIndexes !== undefined &&
    (changes('failedIndexes') || changes('completedIndexes'))
      ? overlap(completedIndexes, failedIndexes, completions)
      : undefined;
  return [
    ...(changes('completedIndexes') && completions !== undefined
      ? unreadable('completedIndexes', completedIndexes)
      : []),
    ...(changes('failedIndexes') && completions !== undefined && backoffLimitPerIndex !== undefined
      ? unreadable('failedIndexes', failedIndexes ?? '')
      : []),
    ...(changes('completedIndexes') && completedIndexes !== '' && completionMode !== 'Indexed'
      ? [invalid(completed, completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode')]
      : []),
    ...(changes('failedIndexes') && failedIndexes !== undefined && backoffLimitPerIndex === undefined
      ? [invalid(failed, failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null')]
      : []),
    ...(common === undefined
      ? []
      : [invalid(failed, failedIndexes, `failedIndexes and completedIndexes overlap at index: ${common}`)]),
  ];
}

/** How a Job may go on, whoever reports it: what has ended stays so, and the parts of its status fit together. */
export function validateJobStatusUpdate(job: Job, before: Job, root: FieldPath): FieldError[] {
  const at = root.child('status');
  const [next, current] = [seen(job), seen(before)];
  const change: Change = {
    job,
    next,
    current,
    at,
    changes: (field) => !deepEqual(next.status[field] ?? null, current.status[field] ?? null),
    turns: (...some) => some.some((condition) => next.is(condition) !== current.is(condition)),
  };
  return [
    ...counters.flatMap((field) => nonNegative(next.status[field], at.child(field))),
    ...uncounted(change),
    ...conditions(change),
    ...times(change),
    ...pods(change),
    ...indexes(change),
  ];
}
