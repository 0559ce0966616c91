import { deepEqual } from '../api/deep-equal.js';
import { groupResource } from '../api/group-version.js';
import type { KubeObject } from '../api/kube-object.js';
import type { AnyResource } from '../resources/define-resource.js';

/** The built-in kinds whose `metadata.generation` counts changes of what they ask for. Source: the registry strategies of v1.36. */
const counted = new Set([
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'daemonsets.apps',
  'statefulsets.apps',
  'deployments.apps',
  'replicasets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'priorityclasses.scheduling.k8s.io',
  'ingressclasses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'ingresses.networking.k8s.io',
  'endpointslices.discovery.k8s.io',
  'poddisruptionbudgets.policy',
  'resourceslices.resource.k8s.io',
  'deviceclasses.resource.k8s.io',
  'devicetaintrules.resource.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
]);

/** Numbered when they are created, and never again. */
const once = new Set(['priorityclasses.scheduling.k8s.io']);

/** Numbered from their first change on. */
const later = new Set(['csidrivers.storage.k8s.io']);

export const countsGenerations = (resource: AnyResource): boolean => counted.has(groupResource(resource));

const describing = new Set(['kind', 'apiVersion', 'metadata', 'status']);

/** Whether anything but metadata and status differs. */
export function desiredStateDiffers(next: KubeObject, current: KubeObject): boolean {
  const parts = new Set([...Object.keys(next), ...Object.keys(current)]);
  for (const part of parts) if (!describing.has(part) && !deepEqual(next[part], current[part])) return true;
  return false;
}

/** The generation an update leads to: one more if what the object asks for has changed. */
export function nextGeneration(resource: AnyResource, next: KubeObject, current: KubeObject): number | undefined {
  const { generation } = current.metadata;
  const name = groupResource(resource);
  if (once.has(name) || !(counted.has(name) || later.has(name))) return generation;
  const changed = (resource.strategy.changesGeneration ?? desiredStateDiffers)(next, current);
  return changed ? (generation ?? 0) + 1 : generation;
}
