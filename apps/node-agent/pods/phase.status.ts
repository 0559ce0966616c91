import type { ContainerStatus, PodStatus } from '@shiplog/domain';
import type { PodContainer, StoredPod } from './pod.js';

type PodPhase = NonNullable<PodStatus['phase']>;

export interface StatusOf {
  readonly container: PodContainer;
  readonly status: ContainerStatus;
}

/** The pod's phase from its containers' states; a pod that has ended keeps its phase. Pure. `over`: nothing will run again. */
export function phaseOf(pod: StoredPod, statuses: readonly StatusOf[], over: boolean): PodPhase {
  const before = pod.status?.phase;
  if (before === 'Succeeded' || before === 'Failed') return before;
  const init = statuses.filter(({ container }) => container.role === 'init' || container.role === 'sidecar');
  const apps = statuses.filter(({ container }) => container.role === 'app').map(({ status }) => status);
  const appStarted = apps.some(({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated);
  const never = pod.spec.restartPolicy === 'Never';

  if (never && init.some(hasFailed)) return 'Failed';
  const ended = apps.filter(({ state, lastState }) => state?.terminated ?? (state?.waiting && lastState?.terminated));
  const succeeded = apps.filter(({ state }) => state?.terminated?.exitCode === 0);
  if (over) return succeeded.length === apps.length ? 'Succeeded' : 'Failed';
  if (!appStarted && init.some(isPending)) return 'Pending';
  if (apps.some(({ state, lastState }) => state?.waiting && !lastState?.terminated)) return 'Pending';
  if (apps.some(({ state }) => state?.running) || ended.length < apps.length) return 'Running';
  return finalPhase(pod, apps);
}

/** All app containers have stopped: they restart, or that was it. */
function finalPhase({ spec }: StoredPod, apps: readonly ContainerStatus[]): PodPhase {
  const restarting = apps.some(({ state }) => state?.waiting);
  if ((spec.restartPolicy ?? 'Always') === 'Always' || restarting) return 'Running';
  if (apps.every(({ state }) => state?.terminated?.exitCode === 0)) return 'Succeeded';
  return spec.restartPolicy === 'Never' ? 'Failed' : 'Running';
}

const hasFailed = ({ container, status }: StatusOf): boolean =>
  container.role === 'init' && (status.state?.terminated?.exitCode ?? 0) !== 0;

function isPending({ container, status: { state, lastState, started } }: StatusOf): boolean {
  if (container.role === 'sidecar') return !(state?.running && started) && !lastState?.terminated;
  return state?.terminated?.exitCode !== 0;
}
