import { gracePeriodAnnotation, type ObservedPod } from '../runtime/pod-runtime.js';
import type { PodHost } from './pod-host.js';

/** Ends what runs of a pod that the API no longer has, with the grace that the pod had asked for, and removes it from this machine. */
export async function removeOrphan({ runtime, environment }: PodHost, pod: ObservedPod): Promise<void> {
  const grace = Number(pod.sandboxes[0]?.annotations[gracePeriodAnnotation] ?? 30);
  const running = pod.containers.filter(({ state }) => state === 'running');
  await Promise.all(running.map(({ id }) => runtime.stopContainer(id, grace)));
  for (const { id } of pod.sandboxes) {
    await runtime.stopSandbox(id);
    await runtime.removeSandbox(id);
  }
  for (const { id } of pod.containers) await runtime.removeContainer(id);
  await environment.remove(pod.uid, pod.namespace, pod.name);
}
