import type { Endpoints } from '@shiplog/domain';
import { endpoints, endpointSlices, services } from '@shiplog/client';
import { defineController, watch, type Read } from '@shiplog/controller-runtime';
import { managedByLabel, serviceNameLabel } from '../../objects/slices.js';
import { mirrorName, planMirroring, type MirroringWorld } from './endpoint-slice-mirroring.plan.js';

const mirrors = (namespace: string, name: string, read: Read) =>
  read(endpointSlices).labelled(namespace, { [serviceNameLabel]: name, [managedByLabel]: mirrorName });

/** Mirrors Endpoints that people or programs keep by hand into EndpointSlices. */
export const endpointSliceMirroringController = defineController<Endpoints, MirroringWorld>({
  name: 'endpointslicemirroring-controller',
  reconciles: endpoints,
  watches: [
    watch(services, ({ key }) => [key]),
    watch(endpointSlices, ({ current: { object } }) =>
      object.metadata.labels?.[managedByLabel] === mirrorName
        ? [`${object.metadata.namespace}/${object.metadata.labels[serviceNameLabel]}`]
        : [],
    ),
  ],
  observe(object, read) {
    const { namespace = '', name = '' } = object.metadata;
    return {
      endpoints: object,
      service: read(services).get(namespace, name),
      slices: mirrors(namespace, name, read),
    };
  },
  observeAbsent: ({ namespace, name }, read) => ({ slices: mirrors(namespace, name, read) }),
  decide: planMirroring,
});
