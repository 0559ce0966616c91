import {
  FieldPath,
  invalidObject,
  validateClusterIps,
  type AdmissionRequest,
  type AnyResource,
  type Service,
} from '@shiplog/domain';
import type { AdmissionPlugin } from '../admission/admission-plugin.js';
import type { ResourceCatalog } from '../gateway.js';
import { ownerOf, type ServiceAllocation } from './service-allocation.js';

const isService = ({ group, plural }: { group: string; plural: string }): boolean =>
  group === '' && plural === 'services';

/**
 * The Service kind that fills in addresses and ports as part of its preparation: after admission, before validation. What it says
 * about addresses must make sense first; all else that may be wrong is left for validation.
 */
function allocating(service: AnyResource, allocation: ServiceAllocation): AnyResource {
  const { strategy } = service;
  const confirmAddresses = (next: Service): void => {
    const errors = validateClusterIps(next.spec ?? {}, FieldPath.of('spec'));
    if (errors.length > 0) throw invalidObject(service, next.metadata.name ?? '', errors);
  };
  return {
    ...service,
    strategy: {
      ...strategy,
      prepareForCreate: (object: Service, rules) => {
        const prepared = (strategy.prepareForCreate?.(object, rules) ?? object) as Service;
        confirmAddresses(prepared);
        return allocation.fill(prepared, undefined);
      },
      prepareForUpdate: (next: Service, current: Service, rules) => {
        const prepared = (strategy.prepareForUpdate?.(next, current, rules) ?? next) as Service;
        confirmAddresses(prepared);
        return allocation.fill(prepared, current.spec);
      },
    },
  };
}

/** The catalog with that Service kind in it. */
export function withServiceAllocation(catalog: ResourceCatalog, allocation: ServiceAllocation): ResourceCatalog {
  const all = catalog.all.map((resource) => (isService(resource) ? allocating(resource, allocation) : resource));
  const service = all.find(isService);
  return {
    ...catalog,
    all,
    find: (wanted) => (isService(wanted) && wanted.version === 'v1' ? service : catalog.find(wanted)),
  };
}

/** Takes what a Service asks for out of the reach of others, once everything else about the write is found good. */
export const serviceAllocationPlugin = (allocation: ServiceAllocation): AdmissionPlugin => ({
  name: 'ServiceAllocation',
  handles: ({ operation, resource, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') && isService(resource) && subresource === '',
  validate: async (request, signal) => {
    const service = request.object as Service;
    const old = request.oldObject as Service | undefined;
    const owner = ownerOf(service);
    const wanted = allocation.wanted(service, old?.spec);
    for (const { outOfRange, refused } of wanted) {
      const why = outOfRange(request.dryRun);
      if (why !== undefined) throw refused(why);
    }
    // A dry run takes nothing, so it does not mind what is taken.
    if (request.dryRun) return;
    for (const { value, taken, refused } of wanted) {
      const holder = allocation.otherHolder(value, owner);
      // The holder may be gone already; a look at the present brings the cache up to date.
      if (holder !== undefined) await lookAt(holder, request, signal);
      if (allocation.otherHolder(value, owner) !== undefined) throw refused(taken);
    }
    for (const { value } of wanted) allocation.claim(value, owner);
  },
});

const lookAt = (owner: string, { read }: AdmissionRequest, signal: AbortSignal): Promise<unknown> => {
  const [namespace = '', name = ''] = owner.split('/');
  return read.latest({ group: '', plural: 'services', namespace, name }, signal);
};
