import type { LabelSelector, Pod, PodAffinityTerm, PodCondition, PodSpec } from '../../../api/generated/types.js';
import type { Strategy } from '../../define-resource.js';
import { withAnnotatedProfiles } from '../pod-spec/app-armor.js';
import { withoutSwitchedOff } from '../pod-spec/switched-off-fields.js';
import { qosClassOf } from './pod-qos.js';

const gated: Omit<PodCondition, 'lastTransitionTime'> = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

type KeyedSelector = Pick<PodAffinityTerm, 'matchLabelKeys' | 'mismatchLabelKeys' | 'labelSelector'>;

/** Label keys become requirements with the pod's own values, so that the scheduler need not know about them (KEP-3633, KEP-3243). */
function withLabelKeys<T extends KeyedSelector>(term: T, labels: Record<string, string>): T {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  if (!labelSelector || matchLabelKeys.length + mismatchLabelKeys.length === 0) return term;
  const requirements = (keys: readonly string[], operator: string): NonNullable<LabelSelector['matchExpressions']> =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]));
  const matchExpressions = [
    ...(labelSelector.matchExpressions ?? []),
    ...requirements(matchLabelKeys, 'In'),
    ...requirements(mismatchLabelKeys, 'NotIn'),
  ];
  return { ...term, labelSelector: { ...labelSelector, ...(matchExpressions.length > 0 ? { matchExpressions } : {}) } };
}

type Terms = NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>;

const termsWithLabelKeys = (terms: Terms, labels: Record<string, string>): Terms => ({
  ...terms,
  ...(terms.requiredDuringSchedulingIgnoredDuringExecution
    ? {
        requiredDuringSchedulingIgnoredDuringExecution: terms.requiredDuringSchedulingIgnoredDuringExecution.map(
          (term) => withLabelKeys(term, labels),
        ),
      }
    : {}),
  ...(terms.preferredDuringSchedulingIgnoredDuringExecution
    ? {
        preferredDuringSchedulingIgnoredDuringExecution: terms.preferredDuringSchedulingIgnoredDuringExecution.map(
          (term) => ({
            ...term,
            podAffinityTerm: withLabelKeys(term.podAffinityTerm, labels),
          }),
        ),
      }
    : {}),
});

function resolveLabelKeys(spec: PodSpec, labels: Record<string, string>): PodSpec {
  const { affinity, topologySpreadConstraints } = spec;
  return {
    ...spec,
    ...(affinity
      ? {
          affinity: {
            ...affinity,
            ...(affinity.podAffinity ? { podAffinity: termsWithLabelKeys(affinity.podAffinity, labels) } : {}),
            ...(affinity.podAntiAffinity
              ? { podAntiAffinity: termsWithLabelKeys(affinity.podAntiAffinity, labels) }
              : {}),
          },
        }
      : {}),
    ...(topologySpreadConstraints
      ? { topologySpreadConstraints: topologySpreadConstraints.map((constraint) => withLabelKeys(constraint, labels)) }
      : {}),
  };
}

/** A condition that does not say which generation it saw keeps what it said before. */
function keepObservedGenerations(conditions: readonly PodCondition[], before: readonly PodCondition[]): PodCondition[] {
  const left = [...before];
  return conditions.map((condition) => {
    const i = left.findIndex(({ type }) => type === condition.type);
    const [old] = i < 0 ? [] : left.splice(i, 1);
    return condition.observedGeneration || !old?.observedGeneration
      ? condition
      : { ...condition, observedGeneration: old.observedGeneration };
  });
}

const prepared = (spec: PodSpec, { labels = {}, annotations }: Pod['metadata']): PodSpec =>
  withAnnotatedProfiles(withoutSwitchedOff(resolveLabelKeys(spec, labels)), annotations);

/** The API, not the client, starts a pod's status; a terminated or unscheduled pod is deleted at once, any other by its node. */
export const podStrategy: Strategy<Pod> = {
  prepareForCreate: (pod, { now }) => ({
    ...pod,
    ...(pod.spec ? { spec: prepared(pod.spec, pod.metadata) } : {}),
    status: {
      phase: 'Pending',
      ...(pod.spec?.schedulingGates?.length
        ? { conditions: [{ ...gated, lastTransitionTime: `${now.toISOString().slice(0, 19)}Z` }] }
        : {}),
      qosClass: qosClassOf(pod.spec ?? { containers: [] }),
    },
  }),
  prepareForUpdate: (next, current) => ({
    ...next,
    ...(next.spec ? { spec: withoutSwitchedOff(next.spec, current.spec) } : {}),
    ...(current.status ? { status: current.status } : {}),
  }),
  prepareForStatusUpdate: (next, current) => {
    const { ownerReferences: _ignored, ...metadata } = next.metadata;
    const status = { ...next.status };
    status.qosClass ||= current.status?.qosClass;
    status.observedGeneration ||= current.status?.observedGeneration;
    if (status.conditions)
      status.conditions = keepObservedGenerations(status.conditions, current.status?.conditions ?? []);
    const owners = current.metadata.ownerReferences;
    return {
      ...next,
      metadata: { ...metadata, ...(owners ? { ownerReferences: owners } : {}) },
      spec: current.spec,
      status,
    };
  },
  gracePeriodSeconds: ({ spec, status }, asked) => {
    if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
    const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },
  deleteReturnsObject: true,
};
