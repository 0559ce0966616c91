import { deepEqual } from '../../../api/deep-equal.js';
import { invalid, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Affinity, Container, Job, JobSpec, PodSpec, PodTemplateSpec } from '../../../api/generated/types.js';
import { fieldIsImmutable } from '../../rules.js';

const settled = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;

const immutable = (next: unknown, current: unknown, at: FieldPath): FieldError[] =>
  deepEqual(next ?? null, current ?? null) ? [] : [invalid(at, next ?? null, fieldIsImmutable)];

/** An Indexed Job may be scaled: completions and parallelism together. */
function validateCompletions(next: JobSpec, current: JobSpec, at: FieldPath): FieldError[] {
  if (next.completionMode !== 'Indexed') return immutable(next.completions, current.completions, at);
  return next.completions === current.completions ||
    next.completions === undefined ||
    next.completions === next.parallelism
    ? []
    : [invalid(at, next.completions, 'can only be modified in tandem with spec.parallelism')];
}

/** A suspended Job without pods may still be told where its pods go and what they get. */
function isChangeable({ spec, status }: Job): boolean {
  const waits =
    !status?.startTime ||
    status.conditions?.some(({ type, status: holds }) => type === 'Suspended' && holds === 'True') === true;
  return spec?.suspend === true && waits && (status?.active ?? 0) === 0;
}

function withNodeAffinityOf(current: Affinity | undefined, next: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: _own, ...others } = current ?? {};
  const merged = { ...others, ...(next?.nodeAffinity ? { nodeAffinity: next.nodeAffinity } : {}) };
  return next || Object.keys(merged).length > 0 ? merged : undefined;
}

const withResourcesOf = (current: Container[] | undefined, next: Container[] | undefined): Container[] | undefined =>
  current?.length === next?.length
    ? current?.map((container, i) => {
        const { resources } = next?.[i] ?? {};
        const { resources: _own, ...others } = container;
        return next?.[i]?.name === container.name ? { ...others, ...(resources ? { resources } : {}) } : container;
      })
    : current;

/** The pods as they are, with all that a suspended Job may change taken from the next. */
function changedPods(current: Partial<PodSpec>, next: Partial<PodSpec>): object {
  const { nodeSelector, tolerations, schedulingGates } = next;
  return {
    ...current,
    nodeSelector,
    tolerations,
    schedulingGates,
    affinity: withNodeAffinityOf(current.affinity, next.affinity),
    containers: withResourcesOf(current.containers, next.containers),
    initContainers: withResourcesOf(current.initContainers, next.initContainers),
  };
}

function validateTemplate(
  next: PodTemplateSpec | undefined,
  current: PodTemplateSpec | undefined,
  mayChange: boolean,
  at: FieldPath,
): FieldError[] {
  if (!mayChange) return immutable(next, current, at);
  const expected = changedPods(current?.spec ?? {}, next?.spec ?? {});
  return immutable(withoutAbsent(next?.spec), withoutAbsent(expected), at.child('spec'));
}

const withoutAbsent = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null)) as unknown;

/** What a Job is about does not change once it exists. */
export function validateJobUpdate(next: Job, current: Job, at: FieldPath): FieldError[] {
  const path = at.child('spec');
  const [to, from] = [next.spec ?? ({} as JobSpec), current.spec ?? ({} as JobSpec)];
  return [
    ...validateCompletions(to, from, path.child('completions')),
    ...immutable(to.selector, from.selector, path.child('selector')),
    ...validateTemplate(to.template, from.template, isChangeable(current), path.child('template')),
    ...settled.flatMap((field) => immutable(to[field], from[field], path.child(field))),
  ];
}
