import type { Node, Pod, PodSpec, Taint } from '@shiplog/domain';
import { ClusterSnapshot } from '../cluster-snapshot/cluster-snapshot.js';
import { podRecord, type PodRecord } from '../framework/pod-record.js';

interface NodeTraits {
  labels?: Record<string, string>;
  taints?: Taint[];
  unschedulable?: boolean;
  allocatable?: Record<string, string>;
  images?: { names: string[]; sizeBytes: number }[];
}

/** A node with 4 CPUs, 8 GiB and room for 110 pods, labelled with its name. */
export const aNode = (
  name: string,
  { labels = {}, taints, unschedulable, allocatable = {}, images }: NodeTraits = {},
): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec: { ...(taints ? { taints } : {}), ...(unschedulable ? { unschedulable } : {}) },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable }, ...(images ? { images } : {}) },
});

export interface PodTraits {
  labels?: Record<string, string>;
  namespace?: string;
  requests?: Record<string, string>;
  spec?: Partial<PodSpec>;
  status?: Pod['status'];
  metadata?: Partial<Pod['metadata']>;
}

export const aPod = (
  name: string,
  { labels = {}, namespace = 'default', requests, spec, status, metadata }: PodTraits = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid-${name}`, generation: 1, labels, ...metadata },
  spec: { containers: [{ name: 'c', image: 'app', ...(requests ? { resources: { requests } } : {}) }], ...spec },
  ...(status ? { status } : {}),
});

export const aRecord = (name: string, traits?: PodTraits): PodRecord => podRecord(aPod(name, traits));

/** A snapshot of nodes, each with the pods that are placed on it. */
export function aCluster(...nodes: (readonly [Node, ...PodRecord[]])[]): ClusterSnapshot {
  const cluster = new ClusterSnapshot();
  for (const [node, ...pods] of nodes) {
    cluster.setNode(node);
    for (const pod of pods) cluster.placePod(pod, node.metadata.name ?? '');
  }
  return cluster;
}

export const zone = (name: string): Record<string, string> => ({ 'topology.kubernetes.io/zone': name });
