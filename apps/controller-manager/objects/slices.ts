import { deepEqual, type DiscoveryEndpointPort, type Endpoint, type EndpointSlice } from '@shiplog/domain';
import { endpointSlices } from '@shiplog/client';
import { create, remove, update, type Action } from '@shiplog/controller-runtime';

export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const serviceNameLabel = 'kubernetes.io/service-name';

/** Endpoints that may share a slice: one address family, the same ports. */
export interface EndpointGroup {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: readonly DiscoveryEndpointPort[];
  readonly endpoints: Endpoint[];
}

export interface SliceLayout {
  readonly groups: readonly EndpointGroup[];
  /** The slices that there are. */
  readonly slices: readonly EndpointSlice[];
  readonly maxEndpoints: number;
  /** A new slice, as it is to be in all but its endpoints; existing ones get its metadata's labels. */
  sliceOf(group: EndpointGroup): EndpointSlice;
}

/** Identifies the group that ports belong to, whatever their order. */
export const portKey = (ports: readonly DiscoveryEndpointPort[]): string =>
  JSON.stringify(
    ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => [name, port, protocol, appProtocol]).sort(),
  );

/** How the slices come to hold the groups. Slices are changed as little as possible: each change goes to every node. Pure. */
export function arrangeSlices(layout: SliceLayout): Action[] {
  const { groups, slices } = layout;
  const unclaimed = new Set(slices);
  const actions = groups.flatMap((group) => {
    const own = slices.filter(
      ({ addressType, ports }) => addressType === group.addressType && portKey(ports ?? []) === portKey(group.ports),
    );
    for (const slice of own) unclaimed.delete(slice);
    return arrangeGroup(layout, group, own);
  });
  return [...actions, ...[...unclaimed].map((slice) => remove(endpointSlices, slice))];
}

const identityOf = ({ targetRef, addresses }: Endpoint): string => targetRef?.uid ?? addresses?.[0] ?? '';

/** Endpoints stay in the slice they are in; new ones go where something changes anyway, then where there is room, then to new slices. */
function arrangeGroup(
  { maxEndpoints, sliceOf }: SliceLayout,
  group: EndpointGroup,
  own: readonly EndpointSlice[],
): Action[] {
  const template = sliceOf(group);
  const { labels } = template.metadata;
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
  const byChange = [...kept].sort(
    (a, b) => Number(b.isChanged) - Number(a.isChanged) || b.endpoints.length - a.endpoints.length,
  );
  for (const place of byChange) {
    const added = queue.splice(0, Math.max(0, maxEndpoints - place.endpoints.length));
    place.endpoints.push(...added);
    place.isChanged ||= added.length > 0;
  }
  const created: Endpoint[][] = [];
  while (queue.length > 0 || (own.length === 0 && created.length === 0)) created.push(queue.splice(0, maxEndpoints));
  const inUse = kept.filter(({ endpoints }) => endpoints.length > 0).length + created.length;
  return [
    ...created.map((endpoints) => create(endpointSlices, { ...template, endpoints })),
    ...kept.flatMap(({ slice, endpoints, isChanged }, i): Action[] => {
      const isSpare = endpoints.length === 0 && (inUse > 0 || i > 0);
      if (isSpare) return [remove(endpointSlices, slice)];
      const metadata = { ...slice.metadata, labels };
      return isChanged ? [update(endpointSlices, { ...slice, metadata, endpoints })] : [];
    }),
  ];
}
