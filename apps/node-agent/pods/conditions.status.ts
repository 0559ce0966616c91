import type { PodCondition } from '@shiplog/domain';
import type { StatusInput } from './pod.status.js';
import { timeOf } from './pod.status.js';
import { usableSandbox } from './pod.plan.js';
import type { StatusOf } from './phase.status.js';

interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

export interface ConditionInput extends Pick<StatusInput, 'pod' | 'observed' | 'now' | 'failure'> {
  readonly phase: string;
  readonly statuses: readonly StatusOf[];
}

/** The conditions that the node owns, each with the time of its last change. Pure. */
export function podConditions(input: ConditionInput): PodCondition[] {
  const { pod, now } = input;
  const containersReady = containersReadiness(input);
  const verdicts: Verdict[] = [
    { type: 'PodReadyToStartContainers', status: usableSandbox(input) ? 'True' : 'False' },
    initialization(input),
    gated(containersReady, input),
    { ...containersReady, type: 'ContainersReady' },
    { type: 'PodScheduled', status: 'True' },
  ];
  return verdicts.map((verdict) => {
    const before = pod.status?.conditions?.find(({ type }) => type === verdict.type);
    return {
      ...verdict,
      lastTransitionTime: before?.status === verdict.status ? (before.lastTransitionTime ?? timeOf(now)) : timeOf(now),
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    };
  });
}

function initialization({ phase, statuses }: ConditionInput): Verdict {
  const type = 'Initialized';
  const init = statuses.filter(({ container }) => container.role === 'init' || container.role === 'sidecar');
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  const incomplete = init.filter(({ container, status }) =>
    container.role === 'sidecar'
      ? !status.started && !status.lastState?.terminated && phase === 'Pending'
      : !status.ready,
  );
  if (incomplete.length === 0) return { type, status: 'True' };
  return {
    type,
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.map(({ status }) => status.name).join(' ')}]`,
  };
}

function containersReadiness({ phase, statuses }: ConditionInput): Verdict {
  const type = 'Ready';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const unready = statuses.filter(
    ({ container, status }) => (container.role === 'app' || container.role === 'sidecar') && !status.ready,
  );
  if (unready.length === 0) return { type, status: 'True' };
  return {
    type,
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.map(({ status }) => status.name).join(' ')}]`,
  };
}

/** Ready also asks for the conditions that the pod names as its readiness gates. */
function gated(containers: Verdict, { pod }: ConditionInput): Verdict {
  if (containers.status === 'False') return containers;
  const unmet = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status?.conditions?.find(({ type }) => type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (unmet.length === 0) return containers;
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: unmet.join(', ') };
}
