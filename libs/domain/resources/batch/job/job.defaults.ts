import type { Job, JobSpec } from '../../../api/generated/types.js';
import { defaultPodSpec } from '../../core/pod-spec/pod-spec.defaults.js';

const unlimited = 2 ** 31 - 1;

/** What a Job's template says by itself, in a Job and in a CronJob. Mutates the fresh object it is given. */
export function defaultJobTemplate({ template, podFailurePolicy }: JobSpec): void {
  for (const { onPodConditions } of podFailurePolicy?.rules ?? [])
    for (const pattern of onPodConditions ?? []) pattern.status ||= 'True';
  if (template?.spec) defaultPodSpec(template.spec);
}

/** One pod, six retries, labels of its pods. Mutates the fresh object it is given. */
export function defaultJob({ metadata, spec }: Job): void {
  if (!spec) return;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : unlimited;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
  const labels = spec.template?.metadata?.labels;
  // The same map, not a copy: labels that the strategy gives to the pods are the Job's as well.
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = labels;
  defaultJobTemplate(spec);
}
