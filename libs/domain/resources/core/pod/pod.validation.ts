import { all, each } from '../../../api/findings.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, required, type FieldError } from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Pod, PodSpec, Toleration } from '../../../api/generated/types.js';
import { between } from '../../../api/names.js';
import { untrimmedImage } from '../pod-spec/container.validation.js';
import { validateProfileAnnotations } from '../pod-spec/pod-annotations.validation.js';
import { validatePodSpec } from '../pod-spec/pod-spec.validation.js';
import { validateProfileAgreement } from '../pod-spec/profile-agreement.validation.js';
import { differingLines } from './differing-lines.js';
import { gatedNodeSelection } from './pod-gated-update.validation.js';

const maxInt32 = 2 ** 31 - 1;
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const noSpec: PodSpec = { containers: [] };

const updatableFields = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

function validateAnnotations({ metadata, spec }: Pod, at: FieldPath): FieldError[] {
  const annotations = metadata.annotations ?? {};
  const mirror = annotations[mirrorAnnotation];
  const cost = annotations[deletionCost];
  const badCost = cost !== undefined && (!/^(0|-?[1-9]\d*)$/.test(cost) || Math.abs(Number(cost)) > maxInt32 + 1);
  return all(
    mirror !== undefined && !spec?.nodeName
      ? [invalid(at.key(mirrorAnnotation), mirror, 'must set spec.nodeName if mirror pod annotation is set')]
      : [],
    badCost ? [invalid(at.key(deletionCost), cost, 'must be a 32bit integer')] : [],
  );
}

/** Rules of the API reference for Pod. Pure; reports every violation, each with its field path. */
export function validatePod(pod: Pod, at: FieldPath): FieldError[] {
  const spec = pod.spec ?? noSpec;
  const path = at.child('spec');
  const anonymousTokens = spec.serviceAccountName
    ? []
    : each(spec.volumes, ({ projected }, i) =>
        each(projected?.sources, ({ serviceAccountToken }, j) =>
          serviceAccountToken
            ? [
                forbiddenField(
                  path.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken'),
                  'must not be specified when serviceAccountName is not set',
                ),
              ]
            : [],
        ),
      );
  return all(
    validateAnnotations(pod, at.child('metadata', 'annotations')),
    validateProfileAnnotations(pod.metadata.annotations, spec, at.child('metadata', 'annotations')),
    validatePodSpec(spec, pod.metadata, path),
    anonymousTokens,
    each(['containers', 'initContainers'] as const, (list) =>
      each(spec[list], ({ image }, i) => untrimmedImage(image, path.child(list).index(i))),
    ),
  );
}

export function validatePodCreate({ metadata, spec = noSpec }: Pod, at: FieldPath): FieldError[] {
  return all(
    spec.ephemeralContainers?.length
      ? [forbiddenField(at.child('spec', 'ephemeralContainers'), 'cannot be set on create')]
      : [],
    spec.nodeName && spec.schedulingGates?.length
      ? [forbiddenField(at.child('spec', 'nodeName'), 'cannot be set until all schedulingGates have been cleared')]
      : [],
    validateProfileAgreement(metadata.annotations, spec, at.child('spec')),
  );
}

function validateAnnotationUpdate(
  next: Record<string, string>,
  current: Record<string, string>,
  at: FieldPath,
): FieldError[] {
  const guarded = (key: string, verb: string): FieldError[] =>
    all(
      key.startsWith(appArmorPrefix) ? [forbiddenField(at.key(key), `may not ${verb} AppArmor annotations`)] : [],
      key === mirrorAnnotation ? [forbiddenField(at.key(key), `may not ${verb} mirror pod annotation`)] : [],
    );
  return all(
    each(Object.keys(current), (key) => (next[key] === current[key] ? [] : guarded(key, 'remove or update'))),
    each(Object.keys(next), (key) => (key in current ? [] : guarded(key, 'add'))),
  );
}

/** Images may be changed, containers neither added nor removed. */
function validateContainerImages(next: PodSpec, current: PodSpec, at: FieldPath): FieldError[] {
  return each(['containers', 'initContainers'] as const, (list) => {
    const containers = next[list] ?? [];
    if (containers.length !== (current[list] ?? []).length)
      return [forbiddenField(at.child(list), 'pod updates may not add or remove containers')];
    return each(containers, ({ image }, i) =>
      all(
        image ? [] : [required(at.child(list).index(i).child('image'))],
        untrimmedImage(image, at.child(list).index(i)),
      ),
    );
  });
}

function validateDeadline(next: number | undefined, current: number | undefined, at: FieldPath): FieldError[] {
  if (next === undefined)
    return current === undefined ? [] : [invalid(at, next, 'must not update from a positive integer to nil value')];
  if (next < 0 || next > maxInt32) return [invalid(at, next, between(0, maxInt32))];
  return current !== undefined && current < next
    ? [invalid(at, next, 'must be less than or equal to previous value')]
    : [];
}

function validateTolerationUpdate(
  next: readonly Toleration[],
  current: readonly Toleration[],
  at: FieldPath,
): FieldError[] {
  const kept = current.every((old) =>
    next.some((other) => deepEqual({ ...old, tolerationSeconds: other.tolerationSeconds }, other)),
  );
  return kept ? [] : [forbiddenField(at, 'existing toleration can not be modified except its tolerationSeconds')];
}

function validateGateUpdate(
  next: readonly { name: string }[],
  current: readonly { name: string }[],
  at: FieldPath,
): FieldError[] {
  return each(next, ({ name }, i) =>
    current.some((gate) => gate.name === name)
      ? []
      : [
          forbiddenField(
            at.index(i).child('name'),
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** The new spec with everything that may change put back as it was: what is left must be equal. */
function withoutAllowedChanges(next: PodSpec, current: PodSpec): PodSpec {
  const images = (list: 'containers' | 'initContainers'): PodSpec['containers'] | undefined =>
    next[list]?.map((container, i) => ({ ...container, image: current[list]?.[i]?.image }));
  const graceBecameOne = (current.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...next,
    containers: images('containers') ?? [],
    initContainers: images('initContainers'),
    activeDeadlineSeconds: current.activeDeadlineSeconds,
    schedulingGates: current.schedulingGates,
    tolerations: current.tolerations,
    terminationGracePeriodSeconds: graceBecameOne
      ? current.terminationGracePeriodSeconds
      : next.terminationGracePeriodSeconds,
  };
}

/** A pod's spec is fixed but for images, deadlines, added tolerations and removed gates. */
export function validatePodUpdate(nextPod: Pod, currentPod: Pod, at: FieldPath): FieldError[] {
  const next = nextPod.spec ?? noSpec;
  const current = currentPod.spec ?? noSpec;
  const path = at.child('spec');
  const containers = validateContainerImages(next, current, path);
  const annotations = validateAnnotationUpdate(
    nextPod.metadata.annotations ?? {},
    currentPod.metadata.annotations ?? {},
    at.child('metadata', 'annotations'),
  );
  if (containers.some(({ reason }) => reason === 'FieldValueForbidden')) return all(annotations, containers);
  const allowed = all(
    annotations,
    containers,
    validateDeadline(next.activeDeadlineSeconds, current.activeDeadlineSeconds, path.child('activeDeadlineSeconds')),
    validateTolerationUpdate(next.tolerations ?? [], current.tolerations ?? [], path.child('tolerations')),
    validateGateUpdate(next.schedulingGates ?? [], current.schedulingGates ?? [], path.child('schedulingGates')),
  );
  const { errors, spec } = gatedNodeSelection(withoutAllowedChanges(next, current), current, path);
  const rest = differingLines(spec, current);
  if (rest.length === 0) return all(allowed, errors);
  return [
    ...allowed,
    ...errors,
    forbiddenField(path, `pod updates may not change fields other than ${updatableFields}\n${rest.join('\n')}`),
  ];
}
