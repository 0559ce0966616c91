import { deepEqual } from '../../../api/deep-equal.js';
import type { Service, ServiceSpec } from '../../../api/generated/types.js';
import type { Strategy } from '../../define-resource.js';
import { externallyAccessible, needsHealthCheck } from './service.defaults.js';

type Has = (spec: ServiceSpec) => boolean;

const hasClusterIp: Has = ({ type }) => type !== 'ExternalName';
const hasNodePorts: Has = ({ type, allocateLoadBalancerNodePorts }) =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
const isLoadBalancer: Has = ({ type }) => type === 'LoadBalancer';

/** Fields that only some types have: when the type changes, values that were not changed with it go. */
const typeDependent: readonly { readonly has: Has; readonly fields: readonly (keyof ServiceSpec)[] }[] = [
  { has: hasClusterIp, fields: ['ipFamilies'] },
  { has: hasClusterIp, fields: ['ipFamilyPolicy'] },
  { has: needsHealthCheck, fields: ['healthCheckNodePort'] },
  { has: isLoadBalancer, fields: ['allocateLoadBalancerNodePorts'] },
  { has: isLoadBalancer, fields: ['loadBalancerClass'] },
  { has: externallyAccessible, fields: ['externalTrafficPolicy'] },
];

const nodePorts = ({ ports = [] }: ServiceSpec): number[] => ports.map(({ nodePort }) => nodePort ?? 0);

function dropWhatTypeLacks(next: ServiceSpec, current: ServiceSpec): ServiceSpec {
  const lost = (has: Has): boolean => has(current) && !has(next);
  const dropped = new Set<string>(
    typeDependent.flatMap(({ has, fields }) =>
      lost(has) ? fields.filter((field) => deepEqual(next[field], current[field])) : [],
    ),
  );
  if (lost(hasClusterIp) && next.clusterIP === current.clusterIP && deepEqual(next.clusterIPs, current.clusterIPs)) {
    dropped.add('clusterIP').add('clusterIPs');
  }
  // Kept or new, it says nothing where no traffic arrives.
  if (!hasClusterIp(next)) dropped.add('internalTrafficPolicy');
  const spec: ServiceSpec = Object.fromEntries(Object.entries(next).filter(([field]) => !dropped.has(field)));
  if (lost(hasNodePorts) && deepEqual(nodePorts(next), nodePorts(current))) {
    spec.ports = spec.ports?.map(({ nodePort: _dropped, ...port }) => port);
  }
  return spec;
}

/** `clusterIP` is the first of `clusterIPs`: a client that knows only the one keeps the other in step. */
export function normalizeClusterIps(next: ServiceSpec, current: ServiceSpec | undefined): ServiceSpec {
  if (!current) return next.clusterIP && !next.clusterIPs?.length ? { ...next, clusterIPs: [next.clusterIP] } : next;
  const sameSingular = (next.clusterIP ?? '') === (current.clusterIP ?? '');
  if (sameSingular) return next.clusterIPs?.length ? next : withClusterIps(next, current.clusterIPs);
  if (!deepEqual(next.clusterIPs ?? [], current.clusterIPs ?? [])) return next;
  return withClusterIps(next, next.clusterIP ? [next.clusterIP] : undefined);
}

function withClusterIps(
  { clusterIPs: _replaced, ...spec }: ServiceSpec,
  clusterIPs: string[] | undefined,
): ServiceSpec {
  return clusterIPs?.length ? { ...spec, clusterIPs } : spec;
}

/** What an update leaves out although the server chose it: addresses and ports stay those of the stored Service. */
export function keepAllocated(next: ServiceSpec, current: ServiceSpec): ServiceSpec {
  const spec = { ...next };
  if (hasClusterIp(current) && hasClusterIp(next)) {
    if (!spec.clusterIP && current.clusterIP) spec.clusterIP = current.clusterIP;
    if (!spec.clusterIPs?.length && current.clusterIPs?.length) spec.clusterIPs = current.clusterIPs;
  }
  if (hasNodePorts(current) && hasNodePorts(next)) spec.ports = withNodePorts(next, current);
  if (needsHealthCheck(current) && needsHealthCheck(next)) spec.healthCheckNodePort ||= current.healthCheckNodePort;
  return spec;
}

/** Told apart by name: what else the client changes about a port does not cost it its node port. */
function withNodePorts(next: ServiceSpec, current: ServiceSpec): ServiceSpec['ports'] {
  const taken = new Set(nodePorts(next).filter(Boolean));
  const byName = new Map((current.ports ?? []).map(({ name = '', nodePort }) => [name, nodePort]));
  return next.ports?.map((port) => {
    const known = byName.get(port.name ?? '');
    return port.nodePort || !known || taken.has(known) ? port : { ...port, nodePort: known };
  });
}

/** Clients own the spec; the type decides which of its fields make sense. */
export const serviceStrategy: Strategy<Service> = {
  allowCreateOnUpdate: true,
  deleteReturnsObject: true,
  prepareForCreate: (service) => ({
    ...service,
    ...(service.spec ? { spec: normalizeClusterIps(service.spec, undefined) } : {}),
    status: { loadBalancer: {} },
  }),
  prepareForUpdate: (next, current) => {
    if (!next.spec || !current.spec) return { ...next, status: current.status };
    const patched = normalizeClusterIps(keepAllocated(next.spec, current.spec), current.spec);
    const spec = dropWhatTypeLacks(patched, current.spec);
    return { ...next, spec, status: isLoadBalancer(spec) ? current.status : { ...current.status, loadBalancer: {} } };
  },
};
