import type { FieldPath } from '../../../api/field-path.js';
import type { JobSpec } from '../../../api/generated/types.js';
import { podWarnings } from '../../core/pod-spec/pod-spec.warnings.js';

const manyCompletions = 100_000;
const manyPods = 10_000;

/** What surprises in the spec of a Job, wherever it stands. */
export const jobSpecWarnings = (spec: JobSpec | undefined, at: FieldPath): string[] => [
  ...(spec?.completionMode === 'Indexed' &&
  (spec.completions ?? 0) > manyCompletions &&
  (spec.parallelism ?? 0) > manyPods
    ? [
        `${at.toString()}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
      ]
    : []),
  ...podWarnings(spec?.template, at.child('template')),
];
