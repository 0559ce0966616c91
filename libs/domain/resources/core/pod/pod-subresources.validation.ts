import { all, each } from '../../../api/findings.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { forbiddenField, invalid, type FieldError } from '../../../api/field-error.js';
import { FieldPath } from '../../../api/field-path.js';
import type { Container, Pod, PodSpec } from '../../../api/generated/types.js';
import { differingLines } from './differing-lines.js';
import { qosClassOf } from './pod-qos.js';

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const noSpec: PodSpec = { containers: [] };

const isStatic = ({ metadata }: Pod): boolean => mirrorAnnotation in (metadata.annotations ?? {});

/** Ephemeral containers come, and stay as they came. */
export function validateEphemeralContainersUpdate(next: Pod, current: Pod, at: FieldPath): FieldError[] {
  if (isStatic(current)) return [forbiddenField(FieldPath.root, 'static pods do not support ephemeral containers')];
  const path = at.child('spec', 'ephemeralContainers');
  const containers = next.spec?.ephemeralContainers ?? [];
  return each(current.spec?.ephemeralContainers, (old) => {
    const found = containers.find(({ name }) => name === old.name);
    if (deepEqual(found, old)) return [];
    const refused = `existing ephemeral containers ${JSON.stringify(old.name)} may not be`;
    return [
      forbiddenField(
        path,
        found ? [`${refused} changed`, ...differingLines(found, old)].join('\n') : `${refused} removed`,
      ),
    ];
  });
}

type Lists = 'containers' | 'initContainers';
type Amounts = Readonly<Record<string, string>> | undefined;

/** A resize leaves the containers what and where they are. */
function validateOrder(next: PodSpec, current: PodSpec, list: Lists, at: FieldPath): FieldError[] {
  const containers = next[list] ?? [];
  const old = current[list] ?? [];
  if (containers.length !== old.length)
    return [forbiddenField(at.child(list), `${list} may not be added or removed on resize`)];
  return each(old, ({ name }, i) =>
    containers[i]?.name === name
      ? []
      : [forbiddenField(at.child(list).index(i).child('name'), `${list} may not be renamed or reordered on resize`)],
  );
}

const removed = (next: Amounts, current: Amounts): boolean => Object.keys(current ?? {}).some((name) => !next?.[name]);

function withoutCpuAndMemory({ resources, ...container }: Container): unknown {
  const rest = (amounts: Amounts): [string, string][] =>
    Object.entries(amounts ?? {}).filter(([name]) => name !== 'cpu' && name !== 'memory');
  return {
    ...container,
    resizePolicy: undefined,
    limits: rest(resources?.limits),
    requests: rest(resources?.requests),
    claims: resources?.claims,
  };
}

function validateContainer(next: Container, old: Container, spec: FieldPath, at: FieldPath): FieldError[] {
  return all(
    each(['requests', 'limits'] as const, (list) =>
      removed(next.resources?.[list], old.resources?.[list])
        ? [forbiddenField(at.child('resources', list), `resource ${list} cannot be removed`)]
        : [],
    ),
    deepEqual(withoutCpuAndMemory(next), withoutCpuAndMemory(old))
      ? []
      : [forbiddenField(spec, 'only cpu and memory resources are mutable')],
  );
}

/** Init containers that have ended cannot be resized; those that run beside the others can. */
function validateInitContainer(next: Container, old: Container, spec: FieldPath, at: FieldPath): FieldError[] {
  if (old.restartPolicy === 'Always') return validateContainer(next, old, spec, at);
  return deepEqual(next, old) ? [] : [forbiddenField(spec, 'resources for non-sidecar init containers are immutable')];
}

const reportsNoResources = ({ status }: Pod): boolean => {
  const running = (status?.containerStatuses ?? []).find(({ state }) => state?.running);
  return running !== undefined && running.resources === undefined;
};

/** CPU and memory of containers may change while they run, nothing else, and not the pod's QoS class. */
export function validatePodResize(nextPod: Pod, currentPod: Pod, at: FieldPath): FieldError[] {
  if (isStatic(currentPod)) return [forbiddenField(FieldPath.root, 'static pods cannot be resized')];
  const next = nextPod.spec ?? noSpec;
  const current = currentPod.spec ?? noSpec;
  const path = at.child('spec');
  const order = each(['containers', 'initContainers'] as const, (list) => validateOrder(next, current, list, path));
  return all(
    (currentPod.status?.qosClass ?? qosClassOf(current)) === qosClassOf(next)
      ? []
      : [invalid(path, currentPod.status?.qosClass, 'Pod QOS Class may not change as a result of resizing')],
    reportsNoResources(currentPod) ? [forbiddenField(path, 'Pod running on node without support for resize')] : [],
    order.length > 0
      ? order
      : all(
          each(current.initContainers, (old, i) =>
            validateInitContainer(next.initContainers?.[i] ?? old, old, path, path.child('initContainers').index(i)),
          ),
          each(current.containers, (old, i) =>
            validateContainer(next.containers[i] ?? old, old, path, path.child('containers').index(i)),
          ),
        ),
  );
}
