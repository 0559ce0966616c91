import { labelMatcher, labelsMatcher, matchesLabels, type LabelMatcher, type LabelSelector } from '@shiplog/domain';
import type { PodRecord } from '../framework/pod-record.js';

interface SelectingWorkload {
  readonly metadata: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
  readonly spec?: { readonly selector?: unknown };
}

/** Kinds whose selectors say which pods belong together, for spreading pods that state no constraint. */
export type WorkloadKind = 'Service' | 'ReplicationController' | 'ReplicaSet' | 'StatefulSet';

/** Where the scheduler looks up what a pod belongs to. May be behind. */
export interface Workloads {
  services(namespace: string): readonly SelectingWorkload[];
  owner(kind: Exclude<WorkloadKind, 'Service'>, namespace: string, name: string): SelectingWorkload | undefined;
}

export const noWorkloads: Workloads = { services: () => [], owner: () => undefined };

/** The pods that belong with this one: what its services and its controller select. Undefined if it belongs to nothing. */
export function siblingsOf({ pod, namespace, labels }: PodRecord, workloads: Workloads): LabelMatcher | undefined {
  const selecting = workloads
    .services(namespace)
    .map(({ spec }) => spec?.selector as Record<string, string> | undefined)
    .filter((selector) => selector !== undefined && Object.keys(selector).length > 0)
    .filter((selector) => matchesLabels(labelsMatcher(selector), labels));
  const merged = labelsMatcher(Object.assign({}, ...selecting) as Record<string, string>);
  const requirements = [...merged.requirements, ...ownerRequirements(pod, namespace, workloads)];
  return requirements.length === 0 ? undefined : { requirements };
}

function ownerRequirements(
  { metadata }: PodRecord['pod'],
  namespace: string,
  workloads: Workloads,
): LabelMatcher['requirements'] {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner === undefined) return [];
  if (owner.kind !== 'ReplicaSet' && owner.kind !== 'StatefulSet' && owner.kind !== 'ReplicationController') return [];
  const selector = workloads.owner(owner.kind, namespace, owner.name)?.spec?.selector;
  if (selector === undefined || selector === null) return [];
  return owner.kind === 'ReplicationController'
    ? labelsMatcher(selector as Record<string, string>).requirements
    : labelMatcher(selector as LabelSelector).requirements;
}
