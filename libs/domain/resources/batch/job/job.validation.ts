import { invalid, notSupported, required, tooLong, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Job, JobSpec } from '../../../api/generated/types.js';
import { labelMatcher, matchesLabels, validateLabelSelector } from '../../../api/label-selector.js';
import { isDnsLabel, isDnsSubdomain } from '../../../api/names.js';
import { foreignLabels } from '../../apps/workload.validation.js';
import { validatePodTemplate } from '../../core/pod-spec/pod-template.validation.js';
import { inFormat, nonNegative } from '../../rules.js';
import { validateFailurePolicy, validateSuccessPolicy } from './job-policies.validation.js';
import { jobLabels } from './job.strategy.js';

const maxManagedBy = 63;
const maxIndexed = 100_000;
const maxManyIndexed = 10_000;

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

function validateManagedBy(managedBy: string | undefined, at: FieldPath): FieldError[] {
  if (managedBy === undefined) return [];
  if (managedBy === '') return [required(at)];
  const slash = managedBy.indexOf('/');
  if (slash < 1 || slash === managedBy.length - 1)
    return [invalid(at, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  return [
    ...inFormat(isDnsSubdomain, managedBy.slice(0, slash), at),
    ...(Buffer.byteLength(managedBy) > maxManagedBy ? [tooLong(at, maxManagedBy)] : []),
  ];
}

/** With an index for each pod there must be a number of them, and not too many to keep track of. */
function validateIndexed(spec: JobSpec, at: FieldPath): FieldError[] {
  const { completions, parallelism = 0, maxFailedIndexes } = spec;
  const failures = at.child('maxFailedIndexes');
  const atMost = (value: number | undefined, max: number, path: FieldPath, when = ''): FieldError[] =>
    value !== undefined && value > max ? [invalid(path, value, `must be less than or equal to ${max}${when}`)] : [];
  const isMany = (completions ?? 0) > maxIndexed && spec.backoffLimitPerIndex !== undefined;
  const whenMany = ` when completions are above ${maxIndexed} and used with backoff limit per index`;
  return [
    ...(completions === undefined ? [required(at.child('completions'), 'when completion mode is Indexed')] : []),
    ...atMost(parallelism, maxIndexed, at.child('parallelism'), ' when completion mode is Indexed'),
    ...(completions !== undefined && (maxFailedIndexes ?? 0) > completions
      ? [invalid(failures, maxFailedIndexes, 'must be less than or equal to completions')]
      : []),
    ...atMost(maxFailedIndexes, maxIndexed, failures),
    ...(isMany
      ? [
          ...(maxFailedIndexes === undefined
            ? [required(failures, `must be specified when completions is above ${maxIndexed}`)]
            : []),
          ...atMost(parallelism, maxManyIndexed, at.child('parallelism'), whenMany),
          ...atMost(maxFailedIndexes, maxManyIndexed, failures, whenMany),
        ]
      : []),
  ];
}

function validateCompletionMode(spec: JobSpec, at: FieldPath): FieldError[] {
  const { completionMode, backoffLimitPerIndex, maxFailedIndexes } = spec;
  if (completionMode === 'Indexed') return validateIndexed(spec, at);
  if (completionMode !== undefined && completionMode !== 'NonIndexed')
    return [notSupported(at.child('completionMode'), completionMode, ['Indexed', 'NonIndexed'])];
  return Object.entries({ backoffLimitPerIndex, maxFailedIndexes }).flatMap(([field, value]) =>
    value === undefined ? [] : [invalid(at.child(field), value, 'requires indexed completion mode')],
  );
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, at: FieldPath): FieldError[] {
  const policy = template?.spec?.restartPolicy;
  if (!policy || policy === 'Always') return [required(at, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupported(at, policy, ['Never', 'OnFailure'])];
  return podFailurePolicy && policy !== 'Never'
    ? [invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
}

function validateReplacement({ podReplacementPolicy, podFailurePolicy }: JobSpec, at: FieldPath): FieldError[] {
  const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return podReplacementPolicy === undefined || supported.includes(podReplacementPolicy)
    ? []
    : [notSupported(at, podReplacementPolicy, supported)];
}

/** Rules that hold in a Job and in a CronJob's template alike. */
export function validateJobTemplate(spec: JobSpec, at: FieldPath): FieldError[] {
  const { maxFailedIndexes, backoffLimitPerIndex, template = {} } = spec;
  return [
    ...counts.flatMap((field) => nonNegative(spec[field], at.child(field))),
    ...(maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined
      ? [required(at.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified')]
      : []),
    ...validateManagedBy(spec.managedBy, at.child('managedBy')),
    ...validateCompletionMode(spec, at),
    ...(spec.podFailurePolicy ? validateFailurePolicy(spec, at.child('podFailurePolicy')) : []),
    ...(spec.successPolicy ? validateSuccessPolicy(spec, at.child('successPolicy')) : []),
    ...validateReplacement(spec, at.child('podReplacementPolicy')),
    ...validatePodTemplate(template, at.child('template')),
    ...validateRestartPolicy(spec, at.child('template', 'spec', 'restartPolicy')),
  ];
}

function validateSelector({ selector, template = {} }: JobSpec, at: FieldPath): FieldError[] {
  const path = at.child('selector');
  if (!selector) return [required(path), foreignLabels(template, at.child('template'))];
  const problems = validateLabelSelector(selector, path);
  if (problems.length > 0) return problems;
  return matchesLabels(labelMatcher(selector), template.metadata?.labels ?? {})
    ? []
    : [foreignLabels(template, at.child('template'))];
}

/** What was generated is as it was generated: no other Job has these labels. */
function validateGenerated({ metadata, spec }: Job, at: FieldPath): FieldError[] {
  if (!spec?.selector || spec.manualSelector) return [];
  const { name = '', uid = '' } = metadata;
  const labels = spec.template?.metadata?.labels ?? {};
  const path = at.child('spec', 'template', 'metadata', 'labels');
  const expected = [
    ...jobLabels.uid.map((label) => [label, uid] as const),
    ...jobLabels.name.map((label) => [label, name] as const),
  ];
  const isOwn =
    validateLabelSelector(spec.selector, at).length > 0 ||
    matchesLabels(labelMatcher(spec.selector), Object.fromEntries(expected));
  return [
    ...expected.flatMap(([label, value]) => {
      if (labels[label] === undefined) return [required(path.key(label), `must be '${value}'`)];
      return labels[label] === value ? [] : [invalid(path.key(label), labels, `must be '${value}'`)];
    }),
    ...(isOwn ? [] : [invalid(at.child('spec', 'selector'), spec.selector, '`selector` not auto-generated')]),
  ];
}

/** Pods of an Indexed Job have its name and an index as their host name. */
function validateHostnames({ metadata, spec }: Job, at: FieldPath): FieldError[] {
  if (spec?.completionMode !== 'Indexed' || !spec.completions || spec.completions <= 0) return [];
  const longest = `${metadata.name ?? ''}-${spec.completions - 1}`;
  return isDnsLabel(longest).length === 0
    ? []
    : [
        invalid(
          at.child('metadata', 'name'),
          metadata.name ?? '',
          `will not able to create pod with invalid DNS label: ${longest}`,
        ),
      ];
}

/** Rules of the API reference for Job. Pure; reports every violation, each with its field path. */
export function validateJob(job: Job, at: FieldPath): FieldError[] {
  const spec = job.spec ?? ({} as JobSpec);
  const path = at.child('spec');
  return [
    ...validateGenerated(job, at),
    ...validateJobTemplate(spec, path),
    ...validateSelector(spec, path),
    ...validateHostnames(job, at),
  ];
}
