import { deepEqual, type Pod } from '@shiplog/domain';

/** What a pod is to the scheduler: waiting for a node, on one, or none of its business. */
export type PodStage = 'pending' | 'placed' | 'ignored';

export const schedulerName = 'default-scheduler';

const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Finished pods hold nothing; gated pods, pods of other schedulers and pods that are being deleted unplaced are left alone. */
export function podStage(pod: Pod): PodStage {
  const { metadata, spec } = pod;
  if (isFinished(pod)) return 'ignored';
  if (spec.nodeName) return 'placed';
  if ((spec.schedulerName ?? schedulerName) !== schedulerName) return 'ignored';
  if (metadata.deletionTimestamp !== undefined || (spec.schedulingGates ?? []).length > 0) return 'ignored';
  return 'pending';
}

/** Whether two versions of a pod are the same for deciding where pods go. */
export const placesAlike = (a: Pod, b: Pod): boolean =>
  a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
  deepEqual(a.metadata.labels, b.metadata.labels) &&
  (a.metadata.generation !== undefined && a.metadata.generation === b.metadata.generation
    ? a.spec.nodeName === b.spec.nodeName
    : deepEqual(a.spec, b.spec));
