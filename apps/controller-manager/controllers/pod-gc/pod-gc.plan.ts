import type { Pod } from '@shiplog/domain';
import { pods } from '@shiplog/client';
import { lookAgainAfter, nothing, patch, plan, remove, type Action, type Plan } from '@shiplog/controller-runtime';
import { timestamp } from '../../objects/conditions.js';
import { isDeleting } from '../../objects/ownership.js';
import { hasEnded } from '../../objects/pod-state.js';

export interface PodGcWorld {
  readonly pod: Pod;
  /** Since when its node has been missing; absent: it is there, or the pod has none. */
  readonly nodeMissingSince?: Date;
  /** Whether its node is marked as shut down for good. */
  readonly isNodeOutOfService: boolean;
  /** Whether it is among the ended pods that are too many. */
  readonly isSurplus: boolean;
}

/** A node may come back, and news of it may be late. */
export const quarantineMs = 40_000;

/** Which pods nobody else will remove. Pure. */
export function planPodGc({ pod, nodeMissingSince, isNodeOutOfService, isSurplus }: PodGcWorld, now: Date): Plan {
  if (nodeMissingSince) {
    const left = nodeMissingSince.getTime() + quarantineMs - now.getTime();
    return left > 0 ? lookAgainAfter(left) : forced(pod, 'PodGC: node no longer exists', now);
  }
  if (isDeleting(pod) && isNodeOutOfService) return forced(pod, 'PodGC: node is out of service', now);
  if (isDeleting(pod) && !pod.spec?.nodeName) return forced(pod, undefined, now);
  return isSurplus ? forced(pod, undefined, now) : nothing;
}

function forced(pod: Pod, why: string | undefined, now: Date): Plan {
  const failing: Action | undefined =
    hasEnded(pod) || why === undefined
      ? undefined
      : patch(
          pods,
          pod,
          'strategic',
          {
            metadata: { uid: pod.metadata.uid },
            status: {
              phase: 'Failed',
              conditions: [
                {
                  type: 'DisruptionTarget',
                  status: 'True',
                  reason: 'DeletionByPodGC',
                  message: why,
                  lastTransitionTime: timestamp(now),
                },
              ],
            },
          },
          'status',
        );
  return plan(failing, remove(pods, pod, { gracePeriodSeconds: 0 }));
}
