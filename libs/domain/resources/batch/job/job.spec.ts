import { FieldPath } from '../../../api/field-path.js';
import type { FieldError } from '../../../api/field-error.js';
import type { Job, JobSpec, JobStatus } from '../../../api/generated/types.js';
import { countIndexes, overlap } from './job-indexes.js';
import { job } from './job.resource.js';

const context = { now: new Date(0), newUid: () => 'u' };
const template = { spec: { containers: [{ name: 'c', image: 'i:1' }], restartPolicy: 'Never' } };
const texts = (errors: FieldError[] | undefined): string[] =>
  (errors ?? []).map(({ field, message }) => `${field}: ${message}`);

/** A Job as it is stored. */
const jobOf = (spec: object = {}, status: JobStatus = {}, metadata: object = {}): Job => {
  const made = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'a', uid: 'u', ...metadata },
    spec: { template: structuredClone(template), ...spec },
  } as unknown as Job;
  job.defaults?.(made);
  return { ...(job.strategy?.prepareForCreate?.(made, context) ?? made), status };
};
const problems = (spec: object): string[] => texts(job.validate?.(jobOf(spec), FieldPath.root, context));

describe('a new Job', () => {
  it('runs one pod and tries six times again', () =>
    expect(jobOf().spec).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'TerminatingOrFailed',
    }));

  it('has labels and a selector of its own', () => {
    const labels = {
      'batch.kubernetes.io/controller-uid': 'u',
      'batch.kubernetes.io/job-name': 'a',
      'controller-uid': 'u',
      'job-name': 'a',
    };
    const { metadata, spec } = jobOf();
    expect(spec?.template?.metadata?.labels).toEqual(labels);
    expect(metadata.labels).toEqual(labels);
    expect(spec?.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } });
  });

  it('keeps labels that it was given', () =>
    expect(jobOf({}, {}, { labels: { own: 'yes' } }).metadata.labels).toEqual({ own: 'yes' }));
});

const exitCodes = (onExitCodes: object): object => ({
  podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes }] },
});
const rule = 'spec.podFailurePolicy.rules[0]';
test.each<[string, object, string[]]>([
  ['nothing is wrong', {}, []],
  [
    'pods that never end',
    { template: { spec: { ...template.spec, restartPolicy: 'Always' } } },
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'indexes without a number of them',
    { completionMode: 'Indexed', parallelism: 2 },
    ['spec.completions: Required value: when completion mode is Indexed'],
  ],
  [
    'a limit for each index where there are none',
    { backoffLimitPerIndex: 1 },
    ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  ],
  [
    'exit codes out of order, twice, and success among failures',
    exitCodes({ operator: 'In', values: [3, 0, 3] }),
    [
      `${rule}.onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator`,
      `${rule}.onExitCodes.values[2]: Duplicate value: 3`,
      `${rule}.onExitCodes.values: Invalid value: [3,0,3]: must be ordered`,
    ],
  ],
  [
    'exit codes of a container that is not there',
    exitCodes({ operator: 'NotIn', values: [0], containerName: 'x' }),
    [
      `${rule}.onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template`,
    ],
  ],
  [
    'more successes than indexes',
    {
      completionMode: 'Indexed',
      completions: 3,
      successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 3 }] },
    },
    [
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
    ],
  ],
  [
    'labels of another Job',
    { template: { ...template, metadata: { labels: { 'job-name': 'b' } } } },
    [expect.stringContaining(`spec.template.metadata.labels[job-name]: Invalid value`) as string],
  ],
])('%s', (_, spec, expected) => expect(problems(spec)).toEqual(expected));

describe('a change', () => {
  const other = { spec: { ...template.spec, nodeSelector: { disk: 'fast' } } };
  test.each<[string, object, object, string[]]>([
    ['of how many pods run at once', {}, { completions: 1, parallelism: 2 }, []],
    ['of how many must succeed', {}, { completions: 2 }, ['spec.completions']],
    [
      'of both in an Indexed Job',
      { completionMode: 'Indexed', completions: 1 },
      { completionMode: 'Indexed', completions: 2, parallelism: 2 },
      [],
    ],
    ['of where pods run', {}, { template: other }, ['spec.template']],
    ['of where pods run, while there are none', { suspend: true }, { suspend: true, template: other }, []],
    [
      'of what pods run, while there are none',
      { suspend: true },
      { suspend: true, template: { spec: { ...template.spec, containers: [{ name: 'c', image: 'i:2' }] } } },
      ['spec.template.spec'],
    ],
  ])('%s', (_, from, to, refused) =>
    expect(job.validateUpdate?.(jobOf(to), jobOf(from), FieldPath.root, context).map(({ field }) => field)).toEqual(
      refused,
    ),
  );
});

describe('a report of its status', () => {
  const when = '2026-01-01T00:00:00Z';
  const condition = (...types: string[]): JobStatus =>
    ({ conditions: types.map((type) => ({ type, status: 'True' })) }) as JobStatus;
  const done: JobStatus = { ...condition('SuccessCriteriaMet', 'Complete'), startTime: when, completionTime: when };
  test.each<[string, JobStatus, JobStatus, string[], Partial<JobSpec>?]>([
    ['may say that it is done', {}, done, []],
    [
      'is not done without an end',
      {},
      { ...done, completionTime: undefined } as JobStatus,
      ['status.completionTime: Required value: completionTime is required for Complete jobs'],
    ],
    [
      'is not done while pods run',
      {},
      { ...done, active: 1 },
      ['status.active: Invalid value: 1: active>0 is invalid for finished job'],
    ],
    [
      'does not take it back',
      done,
      { startTime: when },
      [
        'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
        'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
      ],
    ],
    [
      'fails for a reason',
      {},
      { ...condition('Failed'), startTime: when },
      ['status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition'],
    ],
    [
      'counts failures up',
      { failed: 2 },
      { failed: 1 },
      ['status.failed: Invalid value: 1: cannot decrease the failed counter'],
    ],
    [
      'names an index once',
      {},
      { completedIndexes: '0-2', failedIndexes: '2' },
      ['status.failedIndexes: Invalid value: "2": failedIndexes and completedIndexes overlap at index: 2'],
      { completionMode: 'Indexed', completions: 4, backoffLimitPerIndex: 1 },
    ],
  ])('%s', (_, before, after, expected, spec = {}) =>
    expect(texts(job.validateStatusUpdate?.(jobOf(spec, after), jobOf(spec, before), FieldPath.root, context))).toEqual(
      expected,
    ),
  );
});

test.each<[string, number | string]>([
  ['', 0],
  ['0,2-4', 4],
  ['2,1', 'non-increasing order, previous: 2, current: 1'],
  ['3-3', 'non-increasing order, previous: 3, current: 3'],
  ['5', 'too large index: "5"'],
  ['x', 'cannot convert string to integer for index: "x"'],
  [
    '1-2-3',
    `the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by '-'`,
  ],
])('the indexes %p', (text, expected) => expect(countIndexes(text, 5)).toBe(expected));

test.each([
  ['0-2', '3', undefined],
  ['0,4', '2-4', 4],
  ['', '1', undefined],
])('indexes that %p and %p share', (a, b, expected) => expect(overlap(a, b, 5)).toBe(expected));
