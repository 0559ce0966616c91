import type { ContainerState, ContainerStatus, Pod } from '../../../api/generated/types.js';
import { ageColumn, column, latest, nameColumn, orNone, since, wide } from '../../columns.js';
import type { Column, RowCondition } from '../../define-resource.js';

interface Summary {
  readonly ready: number;
  readonly total: number;
  readonly reason: string;
  readonly restarts: number;
  readonly lastRestart?: string | undefined;
}

const finishedAt = ({ lastState }: ContainerStatus): string | undefined =>
  lastState?.terminated?.finishedAt ?? undefined;
const sum = (statuses: readonly ContainerStatus[]): number =>
  statuses.reduce((total, { restartCount }) => total + (restartCount ?? 0), 0);
const isTrue = (pod: Pod, type: string): boolean =>
  pod.status?.conditions?.some((c) => c.type === type && c.status === 'True') === true;

function terminationReason({ reason, signal, exitCode }: NonNullable<ContainerState['terminated']>): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

interface Initialization {
  readonly readySidecars: number;
  /** What initialization waits for; undefined once it is through. */
  readonly reason?: string;
}

/** How far the init containers have come, in their order. */
function initialization(pod: Pod, sidecars: ReadonlySet<string>): Initialization {
  let readySidecars = 0;
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [i, { name, state, started, ready }] of statuses.entries()) {
    const { terminated, waiting } = state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(name) && started) {
      if (ready) readySidecars++;
      continue;
    }
    const reason = terminated
      ? terminationReason(terminated)
      : waiting?.reason && waiting.reason !== 'PodInitializing'
        ? waiting.reason
        : `${i}/${pod.spec?.initContainers?.length ?? 0}`;
    return { readySidecars, reason: `Init:${reason}` };
  }
  return { readySidecars };
}

/** What the containers say, the first one last, as upstream's table does. */
function containersReason(pod: Pod, before: string): { reason: string; ready: number } {
  let reason = before;
  let errorReason = '';
  let ready = 0;
  for (const { state, ready: isReady } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated) {
      reason = terminationReason(state.terminated);
      if (state.terminated.exitCode !== 0) errorReason = reason;
    } else if (isReady && state?.running) ready++;
  }
  if (reason !== 'Completed') return { reason, ready };
  if (ready > 0 && isTrue(pod, 'Ready')) return { reason: 'Running', ready };
  return { reason: errorReason || (ready > 0 ? 'NotReady' : reason), ready };
}

function phaseReason({ status }: Pod): string {
  const isGated = status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : status?.reason || status?.phase || '';
}

function deletionReason(pod: Pod, reason: string): string {
  if (!pod.metadata.deletionTimestamp) return reason;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed' ? reason : 'Terminating';
}

/** What kubectl prints of a pod. */
export function summarize(pod: Pod): Summary {
  const sidecars = new Set(
    (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  const total = (pod.spec?.containers?.length ?? 0) + sidecars.size;
  const initStatuses = pod.status?.initContainerStatuses ?? [];
  const init = initialization(pod, sidecars);
  if (init.reason !== undefined && !isTrue(pod, 'Initialized')) {
    return {
      ready: init.readySidecars,
      total,
      reason: deletionReason(pod, init.reason),
      restarts: sum(initStatuses),
      lastRestart: latest(initStatuses.map(finishedAt)),
    };
  }
  const { reason, ready } = containersReason(pod, init.reason ?? phaseReason(pod));
  const counted = [...initStatuses.filter(({ name }) => sidecars.has(name)), ...(pod.status?.containerStatuses ?? [])];
  return {
    ready: init.readySidecars + ready,
    total,
    reason: deletionReason(pod, reason),
    restarts: sum(counted),
    lastRestart: latest(counted.map(finishedAt)),
  };
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  return `${gates.filter(({ conditionType }) => isTrue(pod, conditionType)).length}/${gates.length}`;
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  column('Ready', 'string', (pod) => {
    const { ready, total } = summarize(pod);
    return `${ready}/${total}`;
  }),
  column('Status', 'string', (pod) => summarize(pod).reason),
  column('Restarts', 'string', (pod, now) => {
    const { restarts, lastRestart } = summarize(pod);
    return restarts > 0 && lastRestart ? `${restarts} (${since(lastRestart, now)} ago)` : String(restarts);
  }),
  ageColumn,
  wide('IP', 'string', ({ status }) => orNone(status?.podIPs?.[0]?.ip)),
  wide('Node', 'string', ({ spec }) => orNone(spec?.nodeName)),
  wide('Nominated Node', 'string', ({ status }) => orNone(status?.nominatedNodeName)),
  wide('Readiness Gates', 'string', readinessGates),
];

const completed = (reason: string, message: string): readonly RowCondition[] => [
  { type: 'Completed', status: 'True', reason, message },
];
const rowConditions: Readonly<Record<string, readonly RowCondition[]>> = {
  Succeeded: completed('Succeeded', 'The pod has completed successfully.'),
  Failed: completed('Failed', 'The pod failed.'),
};

/** Rows of pods that have come to their end say so: clients may leave them out. */
export const podRowConditions = ({ status }: Pod): readonly RowCondition[] => rowConditions[status?.phase ?? ''] ?? [];
