import type { KubeObject } from '@shiplog/domain';

export interface Binding extends KubeObject {
  target: { kind?: string; name?: string };
}
interface Condition {
  type: string;
  status: string;
  lastProbeTime?: string | null;
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}
export interface PodState extends KubeObject {
  spec: { nodeName?: string; schedulingGates?: unknown[] };
  status?: { nominatedNodeName?: string; conditions?: Condition[] };
}

/** Puts a condition in the place of the one of its type, keeping the time of the last change where its status stays. Changes the pod. */
export function setCondition(pod: PodState, condition: Condition, now: string): void {
  pod.status ??= {};
  const { conditions = [] } = pod.status;
  const at = conditions.findIndex(({ type }) => type === condition.type);
  const known = conditions[at];
  const lastTransitionTime = known?.status === condition.status ? (known.lastTransitionTime ?? now) : now;
  const next = { lastProbeTime: null, ...condition, lastTransitionTime };
  pod.status.conditions = at < 0 ? [...conditions, next] : conditions.with(at, next);
}

/** The pod as it is once bound: on its node, scheduled, with what the binding adds to its metadata. Changes the pod. */
export function bound(pod: PodState, { metadata, target }: Binding, now: string): PodState {
  const { annotations, labels } = metadata;
  pod.spec.nodeName = target.name ?? '';
  if (annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
  if (labels) pod.metadata.labels = { ...pod.metadata.labels, ...labels };
  setCondition(pod, { type: 'PodScheduled', status: 'True' }, now);
  delete pod.status?.nominatedNodeName;
  return pod;
}
