import { all, each } from '../../../api/findings.js';
import {
  duplicate,
  forbiddenField,
  invalid,
  notSupported,
  required,
  tooLong,
  type FieldError,
} from '../../../api/field-error.js';
import type { FieldPath } from '../../../api/field-path.js';
import type { Container, ContainerStatus, PodSpec, ResourceHealth } from '../../../api/generated/types.js';
import { idRule } from '../pod-spec/security-context.validation.js';

const healthValues = ['Healthy', 'Unhealthy', 'Unknown'];
const maxHealthMessage = 1024;

type StatusList = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses';
type SomeContainer = Pick<Container, 'name' | 'resources' | 'restartPolicy' | 'restartPolicyRules'>;

/** The list of statuses and the containers that it is about. */
export const statusLists = [
  ['containerStatuses', 'containers'],
  ['initContainerStatuses', 'initContainers'],
  ['ephemeralContainerStatuses', 'ephemeralContainers'],
] as const satisfies readonly (readonly [StatusList, keyof PodSpec])[];

/** Whether the container starts again after this exit: by its first rule that fits, by its own policy, by the pod's. */
function startsAgain(
  { restartPolicy, restartPolicyRules = [] }: SomeContainer,
  spec: PodSpec,
  exitCode: number,
): boolean {
  const rule = restartPolicyRules.find(
    ({ exitCodes }) => exitCodes && (exitCodes.operator === 'In') === (exitCodes.values ?? []).includes(exitCode),
  );
  if (restartPolicy !== undefined && rule) return true;
  const policy = restartPolicy ?? spec.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

const restartsAllContainers = (spec: PodSpec): boolean =>
  all(spec.initContainers ?? [], spec.containers ?? []).some(({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'),
  );

/** A container that ended for good cannot be reported as running again. */
export function validateTransitions(
  next: readonly ContainerStatus[],
  current: readonly ContainerStatus[],
  containers: readonly SomeContainer[] | undefined,
  spec: PodSpec,
  at: FieldPath,
): FieldError[] {
  if (containers && restartsAllContainers(spec)) return [];
  return each(current, ({ name, state }, i) => {
    const reported = next.find((status) => status.name === name);
    if (!state?.terminated || !reported || reported.state?.terminated) return [];
    const container = containers?.find((one) => one.name === name);
    return container && startsAgain(container, spec, state.terminated.exitCode)
      ? []
      : [forbiddenField(at.index(i).child('state'), 'may not be transitioned to non-terminated state')];
  });
}

function validateHealth(resources: readonly ResourceHealth[], at: FieldPath): FieldError[] {
  return each(resources, ({ resourceID, health = '', message }, i) => {
    const path = at.index(i);
    return all(
      healthValues.includes(health) ? [] : [notSupported(path.child('health'), health, healthValues)],
      message === '' ? [required(path.child('message'), 'must be non-empty if specified')] : [],
      Buffer.byteLength(message ?? '') > maxHealthMessage ? [tooLong(path.child('message'), maxHealthMessage)] : [],
      resources.findIndex((other) => other.resourceID === resourceID) < i
        ? [duplicate(path.child('resourceID'), resourceID)]
        : [],
    );
  });
}

/** The health of devices is told of those that the container asks for. */
function validateAllocated(
  { name, allocatedResourcesStatus = [] }: ContainerStatus,
  containers: readonly SomeContainer[],
  at: FieldPath,
): FieldError[] {
  const resources = containers.find((container) => container.name === name)?.resources;
  const claims = (resources?.claims ?? []).map(
    (claim) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`,
  );
  return each(allocatedResourcesStatus, (allocated, i) => {
    const isClaim = allocated.name.startsWith('claim:');
    const known = isClaim ? claims.includes(allocated.name) : allocated.name in (resources?.requests ?? {});
    const rule = isClaim
      ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
      : "must match one of the container's resource requests";
    return all(
      resources === undefined || known ? [] : [invalid(at.index(i).child('name'), allocated.name, rule)],
      validateHealth(allocated.resources ?? [], at.index(i).child('resources')),
    );
  });
}

function validateUser({ user }: ContainerStatus, os: string, at: FieldPath): FieldError[] {
  const linux = user?.linux;
  if (!linux) return [];
  if (os === 'windows') return [forbiddenField(at, 'cannot be set for a windows pod')];
  return all(
    idRule(linux.uid, at.child('uid')),
    idRule(linux.gid, at.child('gid')),
    each(linux.supplementalGroups, (id, i) => idRule(id, at.child('supplementalGroups').index(i))),
  );
}

/** What is told of containers fits them: users and devices. `containers` is undefined for those that may have no devices. */
export function validateContainerStatuses(
  statuses: readonly ContainerStatus[],
  containers: readonly SomeContainer[] | undefined,
  os: string,
  at: FieldPath,
): FieldError[] {
  return each(statuses, (status, i) => {
    const path = at.index(i);
    const allocated = path.child('allocatedResourcesStatus');
    return all(
      validateUser(status, os, path.child('user', 'linux')),
      containers
        ? validateAllocated(status, containers, allocated)
        : status.allocatedResourcesStatus?.length
          ? [forbiddenField(allocated, 'must not be specified in container status')]
          : [],
    );
  });
}
