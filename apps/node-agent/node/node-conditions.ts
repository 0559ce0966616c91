import type { NodeCondition } from '@shiplog/domain';
import type { RuntimeCondition } from '../runtime/pod-runtime.js';

/** The node's conditions, each with the time of its last change. `runtimeFault`: why the runtime did not answer. Pure. */
export function nodeConditions(
  before: readonly NodeCondition[],
  runtime: readonly RuntimeCondition[],
  runtimeFault: string | undefined,
  now: string,
): NodeCondition[] {
  const faults = runtimeFault
    ? [`container runtime is down: ${runtimeFault}`]
    : runtime
        .filter(({ status }) => !status)
        .map(
          ({ type, reason, message }) => `${prefixes[type] ?? type}: ${[reason, message].filter(Boolean).join(': ')}`,
        );
  const ready: Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'> =
    faults.length === 0
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: faults.join(', ') };
  return [...withoutPressure, ready].map((condition) => {
    const known = before.find(({ type }) => type === condition.type);
    const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : undefined;
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime: lastTransitionTime ?? now };
  });
}

const prefixes: Readonly<Record<string, string>> = {
  RuntimeReady: 'container runtime is not ready',
  NetworkReady: 'container runtime network not ready',
};

const withoutPressure = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
];
