import type { Binding, Pod, PodCondition } from '@shiplog/domain';

/** Puts a condition in the place of the one of its type, keeping the time of the last change where its status stays. Changes the pod. */
export function setCondition(pod: Pod, condition: PodCondition, now: string): void {
  pod.status ??= {};
  const { conditions = [] } = pod.status;
  const at = conditions.findIndex(({ type }) => type === condition.type);
  const known = conditions[at];
  const lastTransitionTime = known?.status === condition.status ? (known.lastTransitionTime ?? now) : now;
  const next: PodCondition = { ...condition, lastTransitionTime };
  pod.status.conditions = at < 0 ? [...conditions, next] : conditions.with(at, next);
}

/** The pod as it is once bound: on its node, scheduled, with what the binding adds to its metadata. Changes the pod. */
export function bound(pod: Pod, { metadata, target }: Binding, now: string): Pod {
  const { annotations, labels } = metadata;
  pod.spec.nodeName = target.name ?? '';
  if (annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
  if (labels) pod.metadata.labels = { ...pod.metadata.labels, ...labels };
  setCondition(pod, { type: 'PodScheduled', status: 'True' }, now);
  delete pod.status?.nominatedNodeName;
  return pod;
}
