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

/** Pods are named after their workload, and made from its template. An update warns where it asks for something new. */
export function workloadWarnings({ metadata, spec }: Workload, current: Workload | undefined): string[] {
  const problems = current ? [] : isDnsLabel(metadata.name ?? '');
  return [
    ...(problems.length === 0
      ? []
      : [
          `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
        ]),
    ...templateWarnings({ metadata, ...(spec ? { spec } : {}) }, current),
  ];
}
