import type { Cause } from '@shiplog/client';
import { hasReason } from '@shiplog/domain';
import type { ObservedPod } from '../runtime/pod-runtime.js';
import { forgetPulls } from './image-pull.js';
import type { StoredPod } from './pod.js';
import type { PodHost } from './pod-host.js';

/**
 * Removes a pod whose containers have stopped from this machine, then, unless it vanished from there, from the API: the last step
 * of its deletion, bound to its uid. `cause`: what made it so; undefined if the API has no such pod any more.
 */
export async function removePod(
  host: PodHost,
  pod: StoredPod,
  observed: ObservedPod,
  cause: Cause | undefined,
): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  for (const { id } of observed.sandboxes) {
    await host.runtime.stopSandbox(id);
    await host.runtime.removeSandbox(id);
  }
  for (const { id } of observed.containers) await host.runtime.removeContainer(id);
  await host.environment.remove(uid, namespace, name);
  host.restartBackoff.forget(`${uid}/`);
  forgetPulls(host, uid);
  if (cause === undefined) return;
  try {
    const ref = { group: '', version: 'v1', plural: 'pods', namespace, name };
    await host.api.delete(ref, { uid, gracePeriodSeconds: 0, cause });
  } catch (error) {
    if (!hasReason(error, 'NotFound') && !hasReason(error, 'Conflict')) throw error;
  }
}
