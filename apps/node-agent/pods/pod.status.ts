import type { ContainerStatus, PodStatus } from '@shiplog/domain';
import type { ObservedPod } from '../runtime/pod-runtime.js';
import { containerStatus, type WaitingReason } from './container.status.js';
import { podConditions } from './conditions.status.js';
import { phaseOf } from './phase.status.js';
import { containersOf, isDeleting, type ContainerRole, type StoredPod } from './pod.js';
import { usableSandbox, type ContainerHealth } from './pod.plan.js';
import { qosClassOf } from './qos-class.js';

export interface StatusInput {
  readonly pod: StoredPod;
  readonly observed: ObservedPod;
  readonly now: number;
  readonly nodeIps: readonly string[];
  /** Why containers that do not run are waiting, where something more precise is known than that they will start. */
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  /** Set once the node has given the pod up: refused, deadline passed, evicted. */
  readonly failure?: WaitingReason;
  health(containerId: string): ContainerHealth;
}

/** The status that the pod has now, given its previous one. Pure. Conditions of other owners are not repeated in it. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, observed, now, nodeIps, failure } = input;
  const before: PodStatus = pod.status ?? {};
  const startTime = before.startTime ?? timeOf(now);
  const common = {
    observedGeneration: pod.metadata.generation,
    qosClass: before.qosClass ?? qosClassOf(pod.spec),
    startTime,
  };
  if (
    failure &&
    observed.containers.length === 0 &&
    observed.sandboxes.length === 0 &&
    !before.containerStatuses?.length
  ) {
    return { ...before, ...common, ...failure, phase: 'Failed', conditions: before.conditions };
  }

  const initialized = isInitialized(input);
  const statuses = containersOf(pod).map((container) => ({
    container,
    status: containerStatus(container, { ...input, initialized }),
  }));
  const phase = phaseOf(pod, statuses, failure !== undefined || (isDeleting(pod) && allStopped(observed)));
  const ips = pod.spec.hostNetwork
    ? nodeIps.slice(0, 1)
    : (usableSandbox(input)?.ips ?? (before.podIPs ?? []).map(({ ip }) => ip));
  const of = (...roles: ContainerRole[]): ContainerStatus[] =>
    statuses.filter(({ container }) => roles.includes(container.role)).map(({ status }) => status);
  const [init, ephemeral] = [of('init', 'sidecar'), of('ephemeral')];
  return {
    ...common,
    phase,
    reason: failure?.reason ?? before.reason,
    message: failure?.message ?? before.message,
    hostIP: nodeIps[0],
    hostIPs: nodeIps.map((ip) => ({ ip })),
    ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
    conditions: podConditions({ ...input, phase, statuses }),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: of('app'),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
  };
}

/** RFC 3339 with seconds, as metav1.Time. */
export const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

export const allStopped = ({ containers }: ObservedPod): boolean =>
  containers.every(({ state }) => state === 'exited' || state === 'created');

/** Every init container has completed, every sidecar has started: what app containers wait for. */
function isInitialized({ pod, observed, health }: StatusInput): boolean {
  const appsStarted = containersOf(pod).some(
    ({ role, spec }) => role === 'app' && observed.containers.some(({ name }) => name === spec.name),
  );
  return (
    appsStarted ||
    containersOf(pod)
      .filter(({ role }) => role === 'init' || role === 'sidecar')
      .every(({ role, spec }) => {
        const run = observed.containers.find(({ name }) => name === spec.name);
        return role === 'init'
          ? run?.state === 'exited' && run.exitCode === 0
          : run?.state === 'running' && health(run.id).started;
      })
  );
}
