import type { Pod } from '@shiplog/domain';
import { conditionOf, isTrue } from './conditions.js';
import { isDeleting } from './ownership.js';

export const hasEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Counts as a replica: has not ended and is not on its way out. */
export const isActive = (pod: Pod): boolean => !hasEnded(pod) && !isDeleting(pod);

export const isTerminating = (pod: Pod): boolean => !hasEnded(pod) && isDeleting(pod);

export const isReady = ({ status }: Pod): boolean => isTrue(status?.conditions, 'Ready');

/** Since when the pod is ready, in ms; undefined while it is not. */
export function readySince({ status }: Pod): number | undefined {
  const ready = conditionOf(status?.conditions, 'Ready');
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') || 0 : undefined;
}

/** In how many ms the pod will have been ready for `minReadySeconds`; 0: it is available; undefined: it is not ready. */
export function availableIn(pod: Pod, minReadySeconds: number, now: Date): number | undefined {
  const since = readySince(pod);
  if (since === undefined) return undefined;
  return Math.max(0, since + minReadySeconds * 1000 - now.getTime());
}
