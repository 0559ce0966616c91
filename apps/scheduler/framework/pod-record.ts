import type { Labels, Pod, PodAffinityTerm, Toleration } from '@shiplog/domain';
import { nodeAffinityRules, type NodeAffinityRules } from './node-affinity.js';
import { assumedRequests, podRequests, type Resources } from './pod-requests.js';
import { livingInNamespace, podSelector, type LabelledPod, type PodSelector } from './pod-selector.js';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

export interface AffinityTerm {
  readonly selector: PodSelector;
  readonly topologyKey: string;
  /** Of preferences 1 to 100; 1 for requirements. */
  readonly weight: number;
}

export interface AffinityRules {
  readonly required: readonly AffinityTerm[];
  readonly preferred: readonly AffinityTerm[];
}

export interface SpreadConstraint {
  readonly selector: PodSelector;
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly isHard: boolean;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

/** A pod as the scheduler works with it: everything the plugins ask for, read out of the object once. Immutable. */
export interface PodRecord extends LabelledPod {
  readonly key: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly pod: Pod;
  readonly priority: number;
  readonly requests: Resources;
  readonly assumedCpu: number;
  readonly assumedMemory: number;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Toleration[];
  readonly nodeAffinity: NodeAffinityRules;
  readonly affinity: AffinityRules;
  readonly antiAffinity: AffinityRules;
  readonly spread: readonly SpreadConstraint[];
  readonly images: readonly string[];
  readonly isTerminating: boolean;
}

export const podKey = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

export function podRecord(pod: Pod): PodRecord {
  const { metadata, spec } = pod;
  const identity = { namespace: metadata.namespace ?? '', labels: metadata.labels ?? {} };
  const assumed = assumedRequests(pod);
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  return {
    ...identity,
    key: podKey(pod),
    uid: metadata.uid ?? '',
    name: metadata.name ?? '',
    pod,
    priority: spec.priority ?? 0,
    requests: podRequests(pod),
    assumedCpu: assumed.get('cpu') ?? 0,
    assumedMemory: assumed.get('memory') ?? 0,
    hostPorts: hostPortsOf(pod),
    tolerations: spec.tolerations ?? [],
    nodeAffinity: nodeAffinityRules(pod),
    affinity: affinityRules(podAffinity, identity),
    antiAffinity: affinityRules(podAntiAffinity, identity),
    spread: spreadConstraints(pod, identity),
    images: [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => normalizedImage(image ?? '')),
    isTerminating: metadata.deletionTimestamp !== undefined,
  };
}

const hostPortsOf = ({ spec }: Pod): HostPort[] =>
  [...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'), ...spec.containers]
    .flatMap(({ ports }) => ports ?? [])
    .filter(({ hostPort }) => hostPort !== undefined && hostPort > 0)
    .map(({ hostIP, protocol, hostPort }) => ({
      ip: hostIP || '0.0.0.0',
      protocol: protocol ?? 'TCP',
      port: hostPort ?? 0,
    }));

interface StatedAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number;
    readonly podAffinityTerm: PodAffinityTerm;
  }[];
}

const noRules: AffinityRules = { required: [], preferred: [] };

function affinityRules(stated: StatedAffinity | undefined, pod: LabelledPod): AffinityRules {
  if (stated === undefined) return noRules;
  const compiled = (term: PodAffinityTerm, weight: number): AffinityTerm => ({
    selector: podSelector(term, pod),
    topologyKey: term.topologyKey,
    weight,
  });
  return {
    required: (stated.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => compiled(term, 1)),
    preferred: (stated.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      .filter(({ weight }) => weight !== 0)
      .map(({ weight, podAffinityTerm }) => compiled(podAffinityTerm, weight)),
  };
}

const spreadConstraints = ({ spec }: Pod, { namespace, labels }: LabelledPod): SpreadConstraint[] =>
  (spec.topologySpreadConstraints ?? []).map((stated) => ({
    selector: livingInNamespace(
      podSelector({ labelSelector: stated.labelSelector, matchLabelKeys: stated.matchLabelKeys }, { namespace, labels })
        .matcher,
      namespace,
    ),
    topologyKey: stated.topologyKey,
    maxSkew: stated.maxSkew,
    minDomains: stated.minDomains ?? 1,
    isHard: stated.whenUnsatisfiable === 'DoNotSchedule',
    honorsAffinity: stated.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: stated.nodeTaintsPolicy === 'Honor',
  }));

/** With the tag that the registry assumes. */
export const normalizedImage = (name: string): string =>
  name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
