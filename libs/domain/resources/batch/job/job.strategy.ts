import type { Job } from '../../../api/generated/types.js';
import { workloadStrategy } from '../../apps/workload.strategy.js';
import type { Strategy } from '../../define-resource.js';

/** By which a Job knows its pods. The short ones are from before labels had a domain. */
export const jobLabels = {
  uid: ['controller-uid', 'batch.kubernetes.io/controller-uid'],
  name: ['job-name', 'batch.kubernetes.io/job-name'],
} as const;

const { prepareForCreate, prepareForUpdate } = workloadStrategy<Job>({});

/** Labels and a selector that no other Job has, unless the client manages them. Labels that are there stay, and are judged by validation. */
function withOwnSelector(job: Job): Job {
  const { metadata, spec } = job;
  if (!spec || spec.manualSelector) return job;
  const { name = '', uid = '' } = metadata;
  const own = Object.fromEntries([
    ...jobLabels.name.map((label) => [label, name]),
    ...jobLabels.uid.map((label) => [label, uid]),
  ]) as Record<string, string>;
  const given = spec.template?.metadata?.labels;
  const labels = { ...own, ...given };
  const sharesLabels = Object.keys(metadata.labels ?? {}).length === 0 || metadata.labels === given;
  return {
    ...job,
    metadata: { ...metadata, ...(sharesLabels ? { labels } : {}) },
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels: { [jobLabels.uid[1]]: uid, ...spec.selector?.matchLabels } },
      template: { ...spec.template, metadata: { ...spec.template?.metadata, labels } },
    },
  };
}

export const jobStrategy: Strategy<Job> = {
  prepareForCreate: (job, context) => withOwnSelector(prepareForCreate(job, context)),
  prepareForUpdate,
  // From before there was a garbage collector: pods outlive their Job unless the client says otherwise.
  defaultPropagation: 'orphan',
};
