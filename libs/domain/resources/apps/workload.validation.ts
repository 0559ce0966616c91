import { forbiddenField, invalid, notSupported, required, type FieldError } from '../../api/field-error.js';
import type { FieldPath } from '../../api/field-path.js';
import type { LabelSelector, PodTemplateSpec } from '../../api/generated/types.js';
import { percentOf, type IntOrString } from '../../api/int-or-string.js';
import { labelMatcher, matchesLabels, validateLabelSelector } from '../../api/label-selector.js';
import { isPercent } from '../../api/names.js';
import { validatePodTemplate } from '../core/pod-spec/pod-template.validation.js';
import { inFormat, nonNegative } from '../rules.js';

/** As clients know them from these texts; a ReplicaSet goes by the name of Deployments. */
type WorkloadName = 'deployment' | 'statefulset';

/** A workload's selector: present, not empty, well formed. */
function validateWorkloadSelector(
  selector: LabelSelector | undefined,
  kind: WorkloadName,
  at: FieldPath,
): FieldError[] {
  if (!selector) return [required(at)];
  const size = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  return [
    ...validateLabelSelector(selector, at),
    ...(size === 0 ? [invalid(at, selector, `empty selector is invalid for ${kind}`)] : []),
  ];
}

/** The selector and the template of pods that always run. A selector that cannot be read is no reason to look at the template. */
export function validateReplicas(
  { selector, template = {} }: { selector?: LabelSelector; template?: PodTemplateSpec },
  at: FieldPath,
  kind: WorkloadName = 'deployment',
): FieldError[] {
  const path = at.child('selector');
  const problems = validateWorkloadSelector(selector, kind, path);
  return [
    ...problems,
    ...(selector && validateLabelSelector(selector, path).length > 0
      ? [invalid(path, selector, 'invalid label selector')]
      : validateReplicaTemplate(template, selector, kind, at.child('template'))),
  ];
}

/** Its labels match the selector: a missing one matches nothing, an empty one everything. */
function validateReplicaTemplate(
  template: PodTemplateSpec,
  selector: LabelSelector | undefined,
  kind: WorkloadName,
  at: FieldPath,
): FieldError[] {
  const size = Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length;
  const everything = selector !== undefined && size === 0;
  const matches =
    everything || (selector !== undefined && matchesLabels(labelMatcher(selector), template.metadata?.labels ?? {}));
  return [
    ...(matches ? [] : [foreignLabels(template, at)]),
    ...validateEndlessTemplate(template, kind === 'statefulset' ? 'StatefulSet' : 'ReplicaSet', at),
  ];
}

/** The workload would not find its own pods. */
export const foreignLabels = ({ metadata }: PodTemplateSpec, at: FieldPath): FieldError =>
  invalid(at.child('metadata', 'labels'), metadata?.labels ?? null, '`selector` does not match template `labels`');

/** Rules of a template whose pods run for ever: what ends is started again, and no deadline ends it. */
export function validateEndlessTemplate(template: PodTemplateSpec, kind: string, at: FieldPath): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  const path = at.child('spec');
  return [
    ...validatePodTemplate(template, at),
    ...(restartPolicy === 'Always' ? [] : [notSupported(path.child('restartPolicy'), restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [forbiddenField(path.child('activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`)]),
  ];
}

/** Counts name collisions of revisions, which only become more. */
export const validateCollisions = (
  next: number | undefined,
  current: number | undefined,
  at: FieldPath,
): FieldError[] =>
  current !== undefined && (next ?? 0) < current ? [invalid(at, next ?? 0, 'cannot be decremented')] : [];

export const validateCountOrPercent = (value: IntOrString, at: FieldPath): FieldError[] =>
  typeof value === 'number' ? nonNegative(value, at) : inFormat(isPercent, value, at);

/** A count, or the number before the percent sign. */
export const countOrPercent = (value: IntOrString | undefined): number =>
  value === undefined ? 0 : (percentOf(value) ?? (Number(value) || 0));

interface ReplicaCounts {
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
}

/** Counters in a status are not negative and do not exceed what contains them. */
export function validateReplicaCounts<T extends ReplicaCounts>(
  status: T,
  counters: readonly (keyof T & string)[],
  at: FieldPath,
): FieldError[] {
  const count = (field: keyof T & string): number => (status[field] as number | undefined) ?? 0;
  const parts = counters.filter((field) =>
    ['currentReplicas', 'updatedReplicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'].includes(
      field,
    ),
  );
  return [
    ...counters.flatMap((field) => nonNegative(status[field] as number | undefined, at.child(field))),
    ...parts.flatMap((field) =>
      count(field) > (status.replicas ?? 0)
        ? [invalid(at.child(field), count(field), 'cannot be greater than status.replicas')]
        : [],
    ),
    ...((status.availableReplicas ?? 0) > (status.readyReplicas ?? 0)
      ? [invalid(at.child('availableReplicas'), status.availableReplicas, 'cannot be greater than readyReplicas')]
      : []),
  ];
}
