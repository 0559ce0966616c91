import type { ObservedContainer } from '../runtime/pod-runtime.js';
import type { PodContainer, StoredPod } from './pod.js';

/** Whether a container that exited starts again. Pure. */
export function restarts(pod: StoredPod, { role, spec }: PodContainer, { exitCode }: ObservedContainer): boolean {
  if (role === 'sidecar') return true;
  if (role === 'ephemeral') return false;
  const rule = (spec.restartPolicyRules ?? []).find(({ exitCodes }) => {
    if (exitCodes === undefined || exitCode === undefined) return false;
    return exitCodes.values?.includes(exitCode) === (exitCodes.operator === 'In');
  });
  if (rule?.action === 'Restart') return true;
  const policy = spec.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
  if (policy === 'Never') return false;
  return role === 'app' && policy === 'Always' ? true : exitCode !== 0;
}
