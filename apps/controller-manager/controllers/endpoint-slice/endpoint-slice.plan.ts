import type { DiscoveryEndpointPort, Endpoint, EndpointSlice, Node, Pod, Service } from '@shiplog/domain';
import { endpointSlices, services } from '@shiplog/client';
import { nothing, plan, remove, type Plan } from '@shiplog/controller-runtime';
import { controllerReference, isDeleting } from '../../objects/ownership.js';
import { isReady } from '../../objects/pod-state.js';
import {
  hasManagedEndpoints,
  hostnameIn,
  isHeadless,
  podIps,
  podReference,
  reachable,
  targetPortOf,
} from '../../objects/service-backends.js';
import { arrangeSlices, managedByLabel, portKey, serviceNameLabel, type EndpointGroup } from '../../objects/slices.js';

export interface EndpointSliceWorld {
  readonly service: Service;
  readonly pods: readonly Pod[];
  /** The nodes of these pods, for their zones. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** The slices of the Service that this controller keeps. */
  readonly slices: readonly EndpointSlice[];
}

export const managerName = 'endpointslice-controller.k8s.io';
const headlessLabel = 'service.kubernetes.io/headless';
const zoneLabel = 'topology.kubernetes.io/zone';
const maxEndpoints = 100;

/** What the EndpointSlices of a Service must become. Pure. */
export function planEndpointSlices({ service, pods, nodes, slices }: EndpointSliceWorld): Plan {
  if (isDeleting(service)) return nothing;
  if (!hasManagedEndpoints(service)) return plan(...slices.map((slice) => remove(endpointSlices, slice)));
  const groups = groupsOf(service, pods, nodes);
  return plan(...arrangeSlices({ groups, slices, maxEndpoints, sliceOf: (group) => sliceOf(service, group) }));
}

function groupsOf(service: Service, pods: readonly Pod[], nodes: ReadonlyMap<string, Node>): EndpointGroup[] {
  const groups = new Map<string, EndpointGroup>();
  for (const addressType of familiesOf(service, pods))
    for (const pod of pods) {
      const ip = podIps(pod).find((candidate) => candidate.includes(':') === (addressType === 'IPv6'));
      if (!ip || !reachable(pod)) continue;
      const ports = portsOf(pod, service);
      const key = `${addressType} ${portKey(ports)}`;
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpointOf(pod, ip, service, nodes.get(pod.spec?.nodeName ?? '')));
    }
  // A Service without endpoints has one empty slice, so that clients can tell "none" from "not known yet".
  for (const addressType of familiesOf(service, pods))
    if (![...groups.values()].some((group) => group.addressType === addressType))
      groups.set(addressType, { addressType, ports: [], endpoints: [] });
  return [...groups.values()];
}

/** The Service's IP families; a headless one of old may not say: those of its pods. */
function familiesOf({ spec }: Service, pods: readonly Pod[]): ('IPv4' | 'IPv6')[] {
  const stated = (spec?.ipFamilies ?? []) as ('IPv4' | 'IPv6')[];
  if (stated.length > 0) return stated;
  const seen = new Set(pods.flatMap(podIps).map((ip): 'IPv4' | 'IPv6' => (ip.includes(':') ? 'IPv6' : 'IPv4')));
  return seen.size > 0 ? [...seen] : ['IPv4'];
}

const portsOf = (pod: Pod, { spec }: Service): DiscoveryEndpointPort[] =>
  (spec?.ports ?? []).flatMap((servicePort) => {
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    const port = targetPortOf(pod, servicePort);
    return port === undefined ? [] : [{ name, port, protocol, ...(appProtocol ? { appProtocol } : {}) }];
  });

function endpointOf(pod: Pod, ip: string, service: Service, node: Node | undefined): Endpoint {
  const serving = isReady(pod);
  const terminating = isDeleting(pod);
  const ready = (service.spec?.publishNotReadyAddresses ?? false) || (serving && !terminating);
  const zone = node?.metadata.labels?.[zoneLabel];
  return {
    addresses: [ip],
    conditions: { ready, serving, terminating },
    ...given({ hostname: hostnameIn(pod, service), nodeName: pod.spec?.nodeName }),
    targetRef: podReference(pod),
    ...given({ zone }),
    ...(zone && ready && prefersZone(service) ? { hints: { forZones: [{ name: zone }] } } : {}),
  };
}

const prefersZone = ({ spec }: Service): boolean =>
  ['PreferClose', 'PreferSameZone'].includes(spec?.trafficDistribution ?? '');

/** The fields that have a value. */
const given = (fields: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])));

function labelsOf(service: Service): Record<string, string> {
  const { [headlessLabel]: _headless, ...labels } = service.metadata.labels ?? {};
  return {
    ...labels,
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name ?? '',
    [managedByLabel]: managerName,
  };
}

const sliceOf = (service: Service, { addressType, ports }: EndpointGroup): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: `${(service.metadata.name ?? '').slice(0, 240)}-`,
    namespace: service.metadata.namespace,
    labels: labelsOf(service),
    ownerReferences: [controllerReference(service, services)],
  },
  addressType,
  endpoints: [],
  ports: [...ports],
});
