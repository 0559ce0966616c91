import type { Endpoints, EndpointSubset } from '../../../api/generated/types.js';
import { ageColumn, column, nameColumn } from '../../columns.js';
import { defineResource } from '../../define-resource.js';
import { validateEndpoints } from './endpoints.validation.js';

const shown = 3;

/** The first three `ip:port`, then how many more. */
function endpointsText(subsets: readonly EndpointSubset[]): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`)),
  );
  const text = all.slice(0, shown).join(',');
  return all.length > shown ? `${text} + ${all.length - shown} more...` : text;
}

/** Endpoints: the addresses behind a Service (the older form of EndpointSlice). */
export const endpoints = defineResource<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  defaults: ({ subsets }) => {
    for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP';
  },
  strategy: { allowCreateOnUpdate: true },
  validate: validateEndpoints,
  columns: [nameColumn, column('Endpoints', 'string', ({ subsets }) => endpointsText(subsets ?? [])), ageColumn],
});
