import {
  deepEqual,
  type EndpointAddress,
  type CoreEndpointPort as EndpointPort,
  type Endpoints,
  type EndpointSubset,
  type Pod,
  type Service,
} from '@shiplog/domain';
import { endpoints as endpointsType } from '@shiplog/client';
import { create, nothing, plan, remove, update, type Plan } from '@shiplog/controller-runtime';
import { isDeleting } from '../../objects/ownership.js';
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

export interface EndpointsWorld {
  /** Absent: it is gone, and its Endpoints must go. */
  readonly service?: Service;
  readonly pods: readonly Pod[];
  readonly endpoints?: Endpoints;
}

const managedBy = 'endpoints.kubernetes.io/managed-by';
const headless = 'service.kubernetes.io/headless';
const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const capacity = 1000;

/** What the Endpoints of a Service must become: the addresses of its pods by the ports they serve. Pure. */
export function planEndpoints({ service, pods, endpoints }: EndpointsWorld): Plan {
  if (!service) return endpoints && !electsLeader(endpoints) ? plan(remove(endpointsType, endpoints)) : nothing;
  if (!hasManagedEndpoints(service) || isDeleting(service)) return nothing;
  const wanted = wantedEndpoints(service, pods, endpoints);
  if (!endpoints) return plan(create(endpointsType, wanted));
  return isSame(endpoints, wanted) ? nothing : plan(update(endpointsType, wanted));
}

export const isOurs = ({ metadata }: Endpoints): boolean => metadata.labels?.[managedBy] === 'endpoint-controller';

/** Programs of old elect their leader by an annotation of Endpoints that belong to no Service. */
const electsLeader = ({ metadata }: Endpoints): boolean =>
  metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined;

function wantedEndpoints(service: Service, pods: readonly Pod[], current: Endpoints | undefined): Endpoints {
  const { subsets, isTruncated } = truncated(subsetsOf(service, pods));
  const { namespace, name } = service.metadata;
  const { annotations: known = {}, ...metadata } = current?.metadata ?? { namespace, name };
  const { [overCapacity]: _over, ...others } = known;
  const annotations = isTruncated ? { ...others, [overCapacity]: 'truncated' } : others;
  return {
    ...(current ?? { apiVersion: 'v1', kind: 'Endpoints' }),
    metadata: {
      ...metadata,
      labels: {
        ...service.metadata.labels,
        ...(isHeadless(service) ? { [headless]: '' } : {}),
        [managedBy]: 'endpoint-controller',
      },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    subsets: subsets.length > 0 ? subsets : undefined,
  };
}

const isSame = (a: Endpoints, b: Endpoints): boolean =>
  deepEqual(a.subsets ?? [], b.subsets ?? []) &&
  deepEqual(a.metadata.labels, b.metadata.labels) &&
  deepEqual(a.metadata.annotations ?? {}, b.metadata.annotations ?? {});

interface Place {
  readonly address: EndpointAddress;
  readonly isReady: boolean;
  readonly ports: readonly EndpointPort[];
}

function placeOf(pod: Pod, service: Service): Place | undefined {
  const publishesAll = service.spec?.publishNotReadyAddresses ?? false;
  if (!reachable(pod) || (isDeleting(pod) && !publishesAll)) return undefined;
  const ip = ipOf(pod, service);
  const ports = portsOf(pod, service);
  if (ip === undefined || !ports) return undefined;
  const hostname = hostnameIn(pod, service);
  const { nodeName } = pod.spec ?? {};
  return {
    address: { ip, ...(hostname ? { hostname } : {}), ...(nodeName ? { nodeName } : {}), targetRef: podReference(pod) },
    isReady: publishesAll || isReady(pod),
    ports,
  };
}

/** Undefined: the pod serves none of the Service's ports. Only a headless Service may have none. */
function portsOf(pod: Pod, service: Service): EndpointPort[] | undefined {
  const servicePorts = service.spec?.ports ?? [];
  if (servicePorts.length === 0) return isHeadless(service) ? [] : undefined;
  const ports = servicePorts.flatMap((servicePort): EndpointPort[] => {
    const port = targetPortOf(pod, servicePort);
    const { name, protocol = 'TCP', appProtocol } = servicePort;
    if (port === undefined) return [];
    return [{ ...(name ? { name } : {}), port, protocol, ...(appProtocol ? { appProtocol } : {}) }];
  });
  return ports.length > 0 ? ports : undefined;
}

/** The pod's address of the Service's first IP family. */
function ipOf(pod: Pod, { spec }: Service): string | undefined {
  const wantsV6 = (spec?.ipFamilies?.[0] ?? (podIps(pod)[0]?.includes(':') ? 'IPv6' : 'IPv4')) === 'IPv6';
  return podIps(pod).find((ip) => ip.includes(':') === wantsV6);
}

/** Addresses that serve the same ports form a subset; all in a fixed order, so that the same pods give the same Endpoints. */
function subsetsOf(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const byPorts = new Map<string, Place[]>();
  for (const pod of pods) {
    const place = placeOf(pod, service);
    if (!place) continue;
    const key = JSON.stringify(place.ports);
    byPorts.set(key, [...(byPorts.get(key) ?? []), place]);
  }
  const addresses = (places: readonly Place[]): EndpointAddress[] =>
    places
      .map(({ address }) => address)
      .sort((a, b) => compareText(`${a.ip}/${a.targetRef?.uid}`, `${b.ip}/${b.targetRef?.uid}`));
  return [...byPorts]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, places]) => {
      const ready = addresses(places.filter((place) => place.isReady));
      const notReady = addresses(places.filter((place) => !place.isReady));
      const ports = [...(places[0]?.ports ?? [])];
      return {
        ...(ready.length > 0 ? { addresses: ready } : {}),
        ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
        ...(ports.length > 0 ? { ports } : {}),
      };
    });
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Endpoints hold at most a thousand addresses, ready ones first. EndpointSlices have no such limit. */
function truncated(subsets: readonly EndpointSubset[]): { subsets: EndpointSubset[]; isTruncated: boolean } {
  const count = (list: readonly unknown[] | undefined): number => list?.length ?? 0;
  const total = subsets.reduce((sum, s) => sum + count(s.addresses) + count(s.notReadyAddresses), 0);
  if (total <= capacity) return { subsets: [...subsets], isTruncated: false };
  const readyTotal = subsets.reduce((sum, s) => sum + count(s.addresses), 0);
  let ready = Math.min(capacity, readyTotal);
  let notReady = capacity - ready;
  const kept = subsets.map(({ addresses = [], notReadyAddresses = [], ports }) => {
    const left = { addresses: addresses.slice(0, ready), notReadyAddresses: notReadyAddresses.slice(0, notReady) };
    ready -= left.addresses.length;
    notReady -= left.notReadyAddresses.length;
    return {
      ...(left.addresses.length > 0 ? { addresses: left.addresses } : {}),
      ...(left.notReadyAddresses.length > 0 ? { notReadyAddresses: left.notReadyAddresses } : {}),
      ...(ports ? { ports } : {}),
    };
  });
  return { subsets: kept.filter((s) => s.addresses ?? s.notReadyAddresses), isTruncated: true };
}
