import { FieldPath } from '../../api/field-path.js';
import type { PodTemplateSpec } from '../../api/generated/types.js';
import type { KubeObject } from '../../api/kube-object.js';
import { isDnsLabel } from '../../api/names.js';
import { podWarnings } from '../core/pod-spec/pod-spec.warnings.js';

type Workload = KubeObject & { spec?: { template?: PodTemplateSpec } };

/** What is surprising in the template of a new workload, or of one whose spec changes. */
export const templateWarnings = (
  { metadata, spec }: Pick<Workload, 'metadata' | 'spec'>,
  current: Workload | undefined,
): string[] =>
  current?.metadata.generation !== undefined && current.metadata.generation === metadata.generation
    ? []
    : podWarnings(spec?.template, FieldPath.of('spec', 'template'));

/** Pods are named after what makes them. */
export function nameWarnings(name = ''): string[] {
  const problems = isDnsLabel(name);
  return problems.length === 0
    ? []
    : [
        `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
      ];
}

/** Of a workload's name when it is new, and of its template. */
export const workloadWarnings = (workload: Workload, current: Workload | undefined): string[] => [
  ...(current ? [] : nameWarnings(workload.metadata.name)),
  ...templateWarnings(workload, current),
];
