import type { Container, ContainerState, ContainerStateTerminated, ContainerStatus } from '@shiplog/domain';
import type { ObservedContainer, ObservedPod } from '../runtime/pod-runtime.js';
import { isDeleting, isTerminal, statusOf, type PodContainer, type StoredPod } from './pod.js';
import type { ContainerHealth } from './pod.plan.js';
import { timeOf } from './pod.status.js';

export interface WaitingReason {
  readonly reason: string;
  readonly message?: string;
}

export interface ContainerStatusInput {
  readonly pod: StoredPod;
  readonly observed: ObservedPod;
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  readonly initialized: boolean;
  readonly failure?: WaitingReason;
  health(containerId: string): ContainerHealth;
}

/** One container's status from its latest runs, else from what the pod's status said before. Pure. */
export function containerStatus(container: PodContainer, input: ContainerStatusInput): ContainerStatus {
  const { pod, observed, health, waiting } = input;
  const { spec, role } = container;
  const before = statusOf(pod.status, spec.name);
  const [latest, previous] = observed.containers.filter(({ name }) => name === spec.name);
  if (!latest) return neverSeen(container, input, before);

  const isRunning = latest.state === 'running';
  const waits = isRunning ? undefined : waiting.get(spec.name);
  const { started, ready } = isRunning ? health(latest.id) : { started: false, ready: false };
  // While it waits to run again, its latest run is its last state.
  const ended = [waits && latest, previous].find((run) => run?.state === 'exited');
  return {
    name: spec.name,
    state: waits ? { waiting: { ...waits } } : stateOf(latest, startingReason(role, input)),
    lastState: ended ? { terminated: terminated(ended) } : (before?.lastState ?? {}),
    ready: role === 'init' ? latest.state === 'exited' && latest.exitCode === 0 : ready,
    restartCount: Math.max(latest.attempt, before?.restartCount ?? 0),
    image: latest.image,
    imageID: latest.imageId,
    containerID: containerId(latest),
    started,
    ...declared(spec),
  };
}

/** Of a container of which the runtime has no run: it has not started yet, or its runs are gone. */
function neverSeen(
  { spec, role }: PodContainer,
  input: ContainerStatusInput,
  before: ContainerStatus | undefined,
): ContainerStatus {
  const { terminated: known, running } = before?.state ?? {};
  const end = known ?? (running && lost);
  const isOver = isTerminal(input.pod) || input.failure !== undefined || isDeleting(input.pod);
  if (before && isOver)
    return end ? { ...before, ready: before.ready && !running, started: false, state: { terminated: end } } : before;
  if (before && known) return before;
  const reason = input.waiting.get(spec.name) ?? startingReason(role, input);
  return {
    name: spec.name,
    state: { waiting: { ...reason } },
    lastState: end ? { terminated: end } : (before?.lastState ?? {}),
    ready: false,
    restartCount: before?.restartCount ?? 0,
    image: spec.image ?? '',
    imageID: '',
    started: false,
    ...declared(spec),
  };
}

/** What is reported of a run whose container vanished without a trace. */
const lost: ContainerStateTerminated = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
};

const startingReason = (role: PodContainer['role'], { initialized }: ContainerStatusInput): WaitingReason =>
  initialized || role === 'sidecar' ? { reason: 'ContainerCreating' } : { reason: 'PodInitializing' };

function stateOf(run: ObservedContainer, starting: WaitingReason): ContainerState {
  if (run.state === 'running') return { running: { startedAt: timeOf(run.startedAt ?? run.createdAt) } };
  if (run.state === 'exited') return { terminated: terminated(run) };
  return { waiting: { ...starting } };
}

export const terminated = (run: ObservedContainer): ContainerStateTerminated => ({
  exitCode: run.exitCode ?? 137,
  reason: run.reason ?? (run.exitCode === 0 ? 'Completed' : 'Error'),
  ...(run.message ? { message: run.message } : {}),
  startedAt: timeOf(run.startedAt || run.createdAt),
  finishedAt: timeOf(run.finishedAt ?? run.createdAt),
  containerID: containerId(run),
});

export const containerId = ({ id }: ObservedContainer): string => `containerd://${id}`;

/** What the specification says about resources and mounts, as far as the status repeats it. */
const declared = ({ resources, volumeMounts }: Container): Partial<ContainerStatus> => ({
  ...(resources?.requests ? { allocatedResources: resources.requests } : {}),
  ...(resources && (resources.requests || resources.limits)
    ? {
        resources: {
          ...(resources.limits ? { limits: resources.limits } : {}),
          ...(resources.requests ? { requests: resources.requests } : {}),
        },
      }
    : { resources: {} }),
  ...(volumeMounts?.length
    ? {
        volumeMounts: volumeMounts.map(({ name, mountPath, readOnly }) => ({
          name,
          mountPath,
          ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}),
        })),
      }
    : {}),
});
