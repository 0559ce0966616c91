import type { Container, Pod, ResourceRequirements } from '../../../api/generated/types.js';
import { defaultHostPorts, defaultPodSpec } from '../pod-spec/pod-spec.defaults.js';
import { defaultPodResources } from './pod-resources.defaults.js';

/** What is limited is also requested, unless said otherwise. */
function requestWhatIsLimited({ resources }: { resources?: ResourceRequirements }): void {
  if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
}

/** Defaults that a pod has beyond those of every pod spec: templates do not get them. */
export function defaultPod({ spec, status }: Pod): void {
  // The older field wins where the two contradict each other.
  if (status?.podIP && status.podIPs?.[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
  else if (status?.podIPs?.[0]?.ip) status.podIP = status.podIPs[0].ip;
  if (!spec) return;
  defaultPodSpec(spec);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])] as Container[])
    requestWhatIsLimited(container);
  defaultPodResources(spec);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork) defaultHostPorts(spec);
}
