import type { Pod } from '@shiplog/domain';
import { pods } from '@shiplog/client';
import { defineController, lookAgainAfter, nothing, patch, type Plan } from '@shiplog/controller-runtime';
import { conditionOf, timestamp } from '../../objects/conditions.js';
import { isActive } from '../../objects/pod-state.js';

/** Who announces a pod's disruption deletes it at once; after this time nobody will. */
const staleAfterMs = 2 * 60_000;

/** Takes back the announcement that a pod will be disrupted if it is not. The node's own is for it to keep. Pure. */
export function planStaleDisruption(pod: Pod, now: Date): Plan {
  const { metadata, status } = pod;
  const condition = conditionOf(status?.conditions, 'DisruptionTarget');
  if (!isActive(pod) || condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return nothing;
  const leftMs = Date.parse(condition.lastTransitionTime ?? '') + staleAfterMs - now.getTime();
  if (leftMs > 0) return lookAgainAfter(leftMs);
  const { uid, resourceVersion, generation } = metadata;
  const takenBack = {
    type: 'DisruptionTarget',
    status: 'False',
    reason: null,
    message: null,
    observedGeneration: generation,
    lastTransitionTime: timestamp(now),
  };
  const body = { metadata: { uid, resourceVersion }, status: { conditions: [takenBack] } };
  return { actions: [patch(pods, pod, 'strategic', body, 'status')] };
}

/** Resets the DisruptionTarget condition of pods that were to be disrupted and were not. */
export const staleDisruptionController = defineController<Pod, Pod>({
  name: 'stale-disruption-controller',
  serviceAccount: 'disruption-controller',
  reconciles: pods,
  observe: (pod) => pod,
  decide: planStaleDisruption,
});
