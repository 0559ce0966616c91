import { FieldPath } from '../../../api/field-path.js';
import type { CronJob } from '../../../api/generated/types.js';
import { cronJob } from './cron-job.resource.js';
import { scheduleProblem } from './cron-schedule.js';

test.each<[string, string | undefined]>([
  ['*/5 * * * *', undefined],
  ['0 9-17/2 * jan-mar mon,fri', undefined],
  ['? ? ? ? ?', undefined],
  ['@daily', undefined],
  ['@every 1h30m', undefined],
  ['TZ=Europe/Berlin 0 0 * * *', undefined],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['x * * * *', 'failed to parse int from x'],
  ['@never', 'unrecognized descriptor: @never'],
  ['@every day', 'failed to parse duration @every day: invalid duration "day"'],
])('the schedule %p', (schedule, problem) => expect(scheduleProblem(schedule)).toBe(problem));

const context = { now: new Date(0), newUid: () => 'u' };
const cronJobOf = (spec: object = {}, name = 'a'): CronJob => {
  const made = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: {
      schedule: '@hourly',
      jobTemplate: {
        spec: { template: { spec: { containers: [{ name: 'c', image: 'i:1' }], restartPolicy: 'Never' } } },
      },
      ...spec,
    },
  } as unknown as CronJob;
  cronJob.defaults?.(made);
  return made;
};
const problems = (made: CronJob): string[] =>
  [
    ...(cronJob.validate?.(made, FieldPath.root, context) ?? []),
    ...(cronJob.validateCreate?.(made, FieldPath.root, context) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);

test.each<[string, object, string[]]>([
  ['nothing is wrong', {}, []],
  ['a time zone', { timeZone: 'Europe/Berlin' }, []],
  ['an older name of a time zone', { timeZone: 'US/Pacific' }, []],
  [
    'a time zone in the wrong case',
    { timeZone: 'europe/berlin' },
    ['spec.timeZone: Invalid value: "europe/berlin": unknown time zone europe/berlin'],
  ],
  [
    'the zone of the server',
    { timeZone: 'Local' },
    [
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
  ],
  [
    'a zone in the schedule',
    { schedule: 'TZ=UTC @daily' },
    ['spec.schedule: Invalid value: "TZ=UTC @daily": cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
  ],
  [
    'what to do with two at once',
    { concurrencyPolicy: 'Odd' },
    ['spec.concurrencyPolicy: Unsupported value: "Odd": supported values: "Allow", "Forbid", "Replace"'],
  ],
])('%s', (_, spec, expected) => expect(problems(cronJobOf(spec))).toEqual(expected));

test('its name leaves room for the time of a Job', () =>
  expect(problems(cronJobOf({}, 'a'.repeat(53)))).toEqual([
    `metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`,
  ]));

test('a zone that stood in the schedule may stay', () => {
  const old = cronJobOf({ schedule: 'TZ=UTC @daily' });
  expect(cronJob.validateUpdate?.(old, old, FieldPath.root, context)).toEqual([]);
  expect(cronJob.validateUpdate?.(old, cronJobOf(), FieldPath.root, context)).toHaveLength(1);
});
