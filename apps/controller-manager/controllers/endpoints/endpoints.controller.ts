import type { Service } from '@shiplog/domain';
import { endpoints, pods, services } from '@shiplog/client';
import { defineController, watch } from '@shiplog/controller-runtime';
import { hasManagedEndpoints, servicesOf } from '../../objects/service-backends.js';
import { isOurs, planEndpoints, type EndpointsWorld } from './endpoints.plan.js';

/** Keeps the Endpoints of each Service that selects pods. Clients of today read EndpointSlices; Endpoints are for those of yesterday. */
export const endpointsController = defineController<Service, EndpointsWorld>({
  name: 'endpoint-controller',
  reconciles: services,
  watches: [
    watch(pods, servicesOf),
    // Hand-made Endpoints may come before their Service; only when a Service goes do they go with it.
    watch(endpoints, ({ type, key, current }) => (type === 'deleted' || isOurs(current.object) ? [key] : [])),
  ],
  observe(service, read) {
    const { namespace = '', name = '' } = service.metadata;
    return {
      service,
      pods: hasManagedEndpoints(service) ? read(pods).labelled(namespace, service.spec?.selector ?? {}) : [],
      endpoints: read(endpoints).get(namespace, name),
    };
  },
  observeAbsent: ({ namespace, name }, read) => ({ pods: [], endpoints: read(endpoints).get(namespace, name) }),
  decide: planEndpoints,
});
