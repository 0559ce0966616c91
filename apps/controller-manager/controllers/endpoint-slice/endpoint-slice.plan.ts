import {
  deepEqual,
  type Endpoint,
  type DiscoveryEndpointPort,
  type EndpointSlice,
  type Node,
  type Pod,
  type Service,
} from '@shiplog/domain';
import { endpointSlices, services } from '@shiplog/client';
import { create, nothing, plan, remove, update, type Action, type Plan } from '@shiplog/controller-runtime';
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

export interface EndpointSliceWorld {
  readonly service: Service;
  readonly pods: readonly Pod[];
  /** The nodes of these pods, for their zones. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** The slices of the Service that this controller keeps. */
  readonly slices: readonly EndpointSlice[];
}

export const managedBy = 'endpointslice.kubernetes.io/managed-by';
export const managerName = 'endpointslice-controller.k8s.io';
export const serviceNameLabel = 'kubernetes.io/service-name';
const headlessLabel = 'service.kubernetes.io/headless';
const zoneLabel = 'topology.kubernetes.io/zone';
const maxEndpoints = 100;

/** Endpoints that may share a slice: one address family, the same ports. */
interface Group {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: readonly DiscoveryEndpointPort[];
  readonly endpoints: Endpoint[];
}

/** What the EndpointSlices of a Service must become. Slices are changed as little as possible: each change goes to every node. Pure. */
export function planEndpointSlices({ service, pods, nodes, slices }: EndpointSliceWorld): Plan {
  if (isDeleting(service)) return nothing;
  if (!hasManagedEndpoints(service)) return plan(...slices.map((slice) => remove(endpointSlices, slice)));
  const groups = groupsOf(service, pods, nodes);
  const labels = labelsOf(service);
  const unclaimed = new Set(slices);
  const actions = groups.flatMap((group) => {
    const own = slices.filter(
      (slice) => slice.addressType === group.addressType && samePorts(slice.ports ?? [], group.ports),
    );
    for (const slice of own) unclaimed.delete(slice);
    return arrange(service, group, own, labels);
  });
  return plan(...actions, ...[...unclaimed].map((slice) => remove(endpointSlices, slice)));
}

const portKey = (ports: readonly DiscoveryEndpointPort[]): string =>
  JSON.stringify(
    ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => [name, port, protocol, appProtocol]).sort(),
  );
const samePorts = (a: readonly DiscoveryEndpointPort[], b: readonly DiscoveryEndpointPort[]): boolean =>
  portKey(a) === portKey(b);

function groupsOf(service: Service, pods: readonly Pod[], nodes: ReadonlyMap<string, Node>): Group[] {
  const groups = new Map<string, Group>();
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
    [managedBy]: managerName,
  };
}

const identityOf = ({ targetRef, addresses }: Endpoint): string => targetRef?.uid ?? addresses?.[0] ?? '';

/** Endpoints stay in the slice they are in; new ones go where something changes anyway, then where there is room, then to new slices. */
function arrange(
  service: Service,
  group: Group,
  own: readonly EndpointSlice[],
  labels: Record<string, string>,
): Action[] {
  const waiting = new Map(group.endpoints.map((endpoint) => [identityOf(endpoint), endpoint]));
  const kept = own.map((slice) => {
    const endpoints = (slice.endpoints ?? []).flatMap((endpoint) => {
      const wanted = waiting.get(identityOf(endpoint));
      waiting.delete(identityOf(endpoint));
      return wanted ? [wanted] : [];
    });
    const isChanged = !deepEqual(endpoints, slice.endpoints ?? []) || !deepEqual(slice.metadata.labels, labels);
    return { slice, endpoints, isChanged };
  });
  const queue = [...waiting.values()];
  for (const place of [...kept].sort(
    (a, b) => Number(b.isChanged) - Number(a.isChanged) || b.endpoints.length - a.endpoints.length,
  )) {
    const added = queue.splice(0, Math.max(0, maxEndpoints - place.endpoints.length));
    place.endpoints.push(...added);
    place.isChanged ||= added.length > 0;
  }
  const created: Endpoint[][] = [];
  while (queue.length > 0 || (own.length === 0 && created.length === 0)) created.push(queue.splice(0, maxEndpoints));
  const inUse = kept.filter(({ endpoints }) => endpoints.length > 0).length + created.length;
  return [
    ...created.map((endpoints) => create(endpointSlices, sliceOf(service, group, endpoints, labels))),
    ...kept.flatMap(({ slice, endpoints, isChanged }, i): Action[] => {
      const isSpare = endpoints.length === 0 && (inUse > 0 || i > 0);
      if (isSpare) return [remove(endpointSlices, slice)];
      return isChanged
        ? [update(endpointSlices, { ...slice, metadata: { ...slice.metadata, labels }, endpoints })]
        : [];
    }),
  ];
}

const sliceOf = (
  service: Service,
  group: Group,
  endpoints: Endpoint[],
  labels: Record<string, string>,
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: `${(service.metadata.name ?? '').slice(0, 240)}-`,
    namespace: service.metadata.namespace,
    labels,
    ownerReferences: [controllerReference(service, services)],
  },
  addressType: group.addressType,
  endpoints,
  ports: [...group.ports],
});
