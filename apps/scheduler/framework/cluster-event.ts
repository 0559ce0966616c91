import type { Node } from '@shiplog/domain';
import type { PodRecord } from './pod-record.js';

/** What can happen in the cluster that may make a rejected pod fit. */
export type ClusterEvent =
  | {
      readonly type: 'nodeAdded' | 'nodeAllocatableGrew' | 'nodeLabelsChanged' | 'nodeTaintsChanged';
      readonly node: Node;
    }
  | { readonly type: 'podAssigned' | 'podDeleted' | 'podLabelsChanged'; readonly pod: PodRecord }
  /** A pending pod was itself changed. */
  | { readonly type: 'podUpdated'; readonly pod: PodRecord }
  | { readonly type: 'namespaceChanged' | 'workloadChanged' };

export type ClusterEventType = ClusterEvent['type'];

/** A kind of event after which a plugin may decide otherwise; `helps` looks closer, so that pods do not wake in vain. */
export interface Retry {
  readonly event: ClusterEventType;
  readonly helps?: (pod: PodRecord, event: ClusterEvent) => boolean;
}

export const after = (event: ClusterEventType, helps?: Retry['helps']): Retry => ({
  event,
  ...(helps ? { helps } : {}),
});

/** Every event: what the queue must be told of, and what an unknown rejection waits for. */
export const allEvents: readonly ClusterEventType[] = [
  'nodeAdded',
  'nodeAllocatableGrew',
  'nodeLabelsChanged',
  'nodeTaintsChanged',
  'podAssigned',
  'podDeleted',
  'podLabelsChanged',
  'podUpdated',
  'namespaceChanged',
  'workloadChanged',
];
