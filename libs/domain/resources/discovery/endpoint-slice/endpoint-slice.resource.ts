import type { EndpointSlice } from '../../../api/generated/types.js';
import { deepEqual } from '../../../api/deep-equal.js';
import { ageColumn, column, firstThree, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpoint-slice.validation.js';

/** v1 knows the topology of an endpoint by its zone and its node only. */
const withoutTopology = (slice: EndpointSlice): EndpointSlice =>
  slice.endpoints?.some(({ deprecatedTopology }) => deprecatedTopology !== undefined)
    ? { ...slice, endpoints: slice.endpoints.map(({ deprecatedTopology: _old, ...endpoint }) => endpoint) }
    : slice;

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
    prepareForCreate: withoutTopology,
    prepareForUpdate: withoutTopology,
    changesGeneration: (next, current) =>
      !deepEqual(next.endpoints ?? [], current.endpoints ?? []) ||
      !deepEqual(next.ports ?? [], current.ports ?? []) ||
      !deepEqual(next.metadata.labels ?? {}, current.metadata.labels ?? {}),
  },
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  warnings: ({ addressType }) => (addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
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
