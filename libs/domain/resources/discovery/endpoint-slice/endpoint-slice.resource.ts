import type { EndpointSlice } from '../../../api/generated/types.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { ageColumn, column, firstThree, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpoint-slice.validation.js';

/** EndpointSlice: up to 1,000 of the endpoints behind a Service, all of one address type. */
export const endpointSlice = defineResource<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  defaults: ({ ports }) => {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  strategy: {
    changesGeneration: (next, current) =>
      !deepEqual(next.endpoints, current.endpoints) ||
      !deepEqual(next.ports, current.ports) ||
      !deepEqual(next.metadata.labels, current.metadata.labels),
  },
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  columns: [
    nameColumn,
    column('AddressType', 'string', ({ addressType }) => addressType),
    column('Ports', 'string', ({ ports }) =>
      firstThree((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*'))),
    ),
    column('Endpoints', 'string', ({ endpoints }) =>
      firstThree((endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ),
    ageColumn,
  ],
});
