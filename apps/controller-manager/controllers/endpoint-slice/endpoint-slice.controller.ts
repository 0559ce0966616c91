import type { EndpointSlice, Node, Service } from '@shiplog/domain';
import { endpointSlices, keyOf, nodes, pods, services } from '@shiplog/client';
import { defineController, watch } from '@shiplog/controller-runtime';
import { managedByLabel, serviceNameLabel } from '../../objects/slices.js';
import { hasManagedEndpoints, servicesOf } from '../../objects/service-backends.js';
import { managerName, planEndpointSlices, type EndpointSliceWorld } from './endpoint-slice.plan.js';

const isOurs = ({ metadata }: EndpointSlice): boolean => metadata.labels?.[managedByLabel] === managerName;
const zoneOf = ({ metadata }: Node): string | undefined => metadata.labels?.['topology.kubernetes.io/zone'];

/** Keeps the EndpointSlices of each Service that selects pods: what service proxies and DNS go by. */
export const endpointSliceController = defineController<Service, EndpointSliceWorld>({
  name: 'endpointslice-controller',
  reconciles: services,
  watches: [
    watch(pods, servicesOf),
    watch(endpointSlices, ({ current: { object } }) => {
      const name = object.metadata.labels?.[serviceNameLabel];
      return name && isOurs(object) ? [`${object.metadata.namespace}/${name}`] : [];
    }),
    watch(nodes, ({ current, previous }, read) =>
      previous && zoneOf(previous.object) === zoneOf(current.object)
        ? []
        : new Set(
            read(pods)
              .onNode(current.object.metadata.name ?? '')
              .flatMap((pod) => servicesOf({ current: { object: pod } }, read)),
          ),
    ),
  ],
  observe(service, read) {
    const { namespace = '', name = '' } = service.metadata;
    const backends = hasManagedEndpoints(service) ? read(pods).labelled(namespace, service.spec?.selector ?? {}) : [];
    const nodeNames = new Set(backends.flatMap(({ spec }) => (spec?.nodeName ? [spec.nodeName] : [])));
    const found = [...nodeNames].flatMap((node) => read(nodes).get('', node) ?? []);
    return {
      service,
      pods: backends,
      nodes: new Map(found.map((node) => [keyOf(node), node])),
      slices: read(endpointSlices).labelled(namespace, { [serviceNameLabel]: name, [managedByLabel]: managerName }),
    };
  },
  decide: planEndpointSlices,
});
