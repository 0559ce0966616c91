import { labelsMatcher, matchesLabels, type Pod, type Service, type ServicePort } from '@shiplog/domain';
import { keyOf, services } from '@shiplog/client';
import type { Read } from '@shiplog/controller-runtime';
import { hasEnded } from './pod-state.js';

/** Whether a controller keeps this Service's endpoints: one without selector has endpoints of its own making. */
export const hasManagedEndpoints = ({ spec }: Service): boolean =>
  spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;

export const isHeadless = ({ spec }: Service): boolean => !spec?.clusterIP || spec.clusterIP === 'None';

export const podIps = ({ status }: Pod): string[] => {
  const ips = (status?.podIPs ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  return ips.length > 0 ? ips : status?.podIP ? [status.podIP] : [];
};

/** Pods that can be reached at all: they have an address and have not ended. */
export const reachable = (pod: Pod): boolean => !hasEnded(pod) && podIps(pod).length > 0;

/** The port of the pod that the Service's port leads to; undefined where the pod has no port of that name. */
export function targetPortOf(pod: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(pod.spec?.containers ?? []), ...sidecars]
    .flatMap(({ ports }) => ports ?? [])
    .find((candidate) => candidate.name === targetPort && (candidate.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** A pod has its own DNS name below the Service that it names as its subdomain. */
export const hostnameIn = (pod: Pod, service: Service): string | undefined =>
  pod.spec?.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;

export const podReference = ({ metadata: { namespace, name, uid } }: Pod) => ({ kind: 'Pod', namespace, name, uid });

/** Keys of the Services whose selector takes the pod, now or before the change. */
export function servicesOf(change: { current: { object: Pod }; previous?: { object: Pod } }, read: Read): string[] {
  const { current, previous } = change;
  const labels = [current, previous].flatMap((item) => (item ? [item.object.metadata.labels ?? {}] : []));
  return read(services)
    .inNamespace(current.object.metadata.namespace ?? '')
    .filter((service) => {
      const matcher = labelsMatcher(service.spec?.selector);
      return hasManagedEndpoints(service) && labels.some((l) => matchesLabels(matcher, l));
    })
    .map(keyOf);
}
