import type { KubeObject } from '@shiplog/domain';
import type { Cause, Change } from '@shiplog/client';

/** Why a key is in the queue: the event that its next writes will name as their cause. */
export interface Trigger {
  readonly cause: Cause;
  /** How likely the event is what a reader would call the reason, see `weightOf`. */
  readonly weight: number;
}

/**
 * Several events may make a key dirty before its turn comes; only one can be the cause. A change of what somebody wants explains more
 * than a change of what is, a change of the object itself more than one of another object; of equals the latest does.
 */
export function weightOf({ type, current: { context, object }, previous }: Change<KubeObject>, isOwn: boolean): number {
  const own = isOwn ? 1 : 0;
  if (type !== 'updated' || context?.change === 'spec') return 4 + own;
  const beginsDeletion = !previous.object.metadata.deletionTimestamp && object.metadata.deletionTimestamp;
  if (beginsDeletion) return 4 + own;
  return context?.change === 'metadata' ? 2 + own : own;
}

/** The trigger to keep of two, the second being the later one. */
export const stronger = (earlier: Trigger | undefined, later: Trigger | undefined): Trigger | undefined =>
  !later || (earlier && earlier.weight > later.weight) ? earlier : later;
