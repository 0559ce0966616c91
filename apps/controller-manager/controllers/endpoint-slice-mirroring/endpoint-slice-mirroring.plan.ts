import type { Endpoint, EndpointAddress, Endpoints, EndpointSlice, EndpointSubset, Service } from '@shiplog/domain';
import { endpoints as endpointsType, endpointSlices } from '@shiplog/client';
import { plan, remove, type Plan } from '@shiplog/controller-runtime';
import { controllerReference, isDeleting } from '../../objects/ownership.js';
import { arrangeSlices, managedByLabel, serviceNameLabel, type EndpointGroup } from '../../objects/slices.js';

export interface MirroringWorld {
  /** Absent: they are gone, and their slices must go. */
  readonly endpoints?: Endpoints;
  readonly service?: Service;
  /** The slices that mirror them. */
  readonly slices: readonly EndpointSlice[];
}

export const mirrorName = 'endpointslicemirroring-controller.k8s.io';
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const maxEndpoints = 1000;

/** Whether somebody else made them by hand for a Service without selector. */
function isMirrored({ endpoints, service }: MirroringWorld): boolean {
  if (!endpoints || !service || isDeleting(endpoints) || isDeleting(service)) return false;
  if (endpoints.metadata.labels?.[skipLabel] === 'true' || endpoints.metadata.annotations?.[leaderAnnotation])
    return false;
  return service.spec?.type !== 'ExternalName' && Object.keys(service.spec?.selector ?? {}).length === 0;
}

/** Slices that say what hand-made Endpoints say, for those who read only slices. Pure. */
export function planMirroring(world: MirroringWorld): Plan {
  const { endpoints, slices } = world;
  if (!endpoints || !isMirrored(world)) return plan(...slices.map((slice) => remove(endpointSlices, slice)));
  const groups = (endpoints.subsets ?? []).flatMap(groupsOf);
  return plan(...arrangeSlices({ groups, slices, maxEndpoints, sliceOf: (group) => sliceOf(endpoints, group) }));
}

function groupsOf({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): EndpointGroup[] {
  const all = [...addresses.map((a) => endpointOf(a, true)), ...notReadyAddresses.map((a) => endpointOf(a, false))];
  const slicePorts = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol ? { appProtocol } : {}),
  }));
  return (['IPv4', 'IPv6'] as const)
    .map((addressType) => ({
      addressType,
      ports: slicePorts,
      endpoints: all.filter(({ addresses: [ip = ''] }) => ip.includes(':') === (addressType === 'IPv6')),
    }))
    .filter((group) => group.endpoints.length > 0);
}

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname ? { hostname } : {}),
  ...(nodeName ? { nodeName } : {}),
  ...(targetRef ? { targetRef } : {}),
});

const sliceOf = (endpoints: Endpoints, { addressType, ports }: EndpointGroup): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    generateName: `${(endpoints.metadata.name ?? '').slice(0, 240)}-`,
    namespace: endpoints.metadata.namespace,
    labels: {
      ...endpoints.metadata.labels,
      [serviceNameLabel]: endpoints.metadata.name ?? '',
      [managedByLabel]: mirrorName,
    },
    ownerReferences: [controllerReference(endpoints, endpointsType)],
  },
  addressType,
  endpoints: [],
  ports: [...ports],
});
