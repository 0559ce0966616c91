import type { Endpoint, EndpointSlice, Service, ServiceSpec } from '@shiplog/domain';
import { clusterAddresses, isIPv4 } from '../service-objects.js';

export interface Target {
  readonly address: string;
  readonly port: number;
}

/** One port of a Service as a node must forward it. */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  readonly port: string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly number: number;
  readonly clusterAddresses: readonly string[];
  /** externalIPs and addresses of the load balancer. */
  readonly externalAddresses: readonly string[];
  readonly nodePort?: number;
  /** Where connections go under the policy Cluster, and under Local. */
  readonly targets: readonly Target[];
  readonly localTargets: readonly Target[];
  readonly internalPolicy: 'Cluster' | 'Local';
  readonly externalPolicy: 'Cluster' | 'Local';
  /** Connections of one client go to one target for this long after the last. */
  readonly affinitySeconds?: number;
}

const protocols: Readonly<Record<string, ServicePort['protocol']>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };
/** The API's default for sessionAffinityConfig.clientIP.timeoutSeconds: three hours. */
const defaultAffinitySeconds = 10_800;

/** The ports of a Service with the targets that its slices give them. Headless and external ones have none. Pure. */
export function servicePorts(service: Service, slices: readonly EndpointSlice[], nodeName: string): ServicePort[] {
  const { spec } = service;
  if (!spec || spec.type === 'ExternalName' || clusterAddresses(service).length === 0) return [];
  const common = commonOf(service, spec);
  return (spec.ports ?? []).flatMap(({ name = '', protocol = 'TCP', port, nodePort }): ServicePort[] => {
    const [transport, endpoints] = [protocols[protocol], endpointsOf(slices, name)];
    if (!transport) return [];
    return [
      {
        ...common,
        ...{ port: name, protocol: transport, number: port },
        ...(nodePort && opensNodePorts(spec) ? { nodePort } : {}),
        targets: usable(endpoints),
        localTargets: usable(endpoints.filter((endpoint) => endpoint.nodeName === nodeName)),
      },
    ];
  });
}

const opensNodePorts = ({ type }: ServiceSpec): boolean => type === 'NodePort' || type === 'LoadBalancer';

/** What the ports of a Service have in common. */
function commonOf(service: Service, spec: ServiceSpec) {
  const { metadata, status } = service;
  const ingress = status?.loadBalancer?.ingress ?? [];
  const balanced = ingress.flatMap(({ ip, ipMode }) => (ip && ipMode !== 'Proxy' ? [ip] : []));
  const policy = (given: string | undefined) => (given === 'Local' ? ('Local' as const) : ('Cluster' as const));
  const { timeoutSeconds = defaultAffinitySeconds } = spec.sessionAffinityConfig?.clientIP ?? {};
  return {
    ...{
      namespace: metadata.namespace ?? '',
      service: metadata.name ?? '',
      clusterAddresses: clusterAddresses(service),
    },
    externalAddresses: [...new Set([...(spec.externalIPs ?? []), ...balanced])].filter(isIPv4),
    internalPolicy: policy(spec.internalTrafficPolicy),
    externalPolicy: policy(spec.externalTrafficPolicy),
    ...(spec.sessionAffinity === 'ClientIP' ? { affinitySeconds: timeoutSeconds } : {}),
  };
}

interface PortEndpoint extends Target {
  readonly nodeName: string | undefined;
  readonly ready: boolean;
  readonly servingWhileTerminating: boolean;
}

/** An address may appear in several slices while one takes over from another; it counts once. */
function endpointsOf(slices: readonly EndpointSlice[], portName: string): PortEndpoint[] {
  const found = new Map<string, PortEndpoint>();
  for (const slice of slices) {
    const port = slice.ports?.find(({ name }) => (name ?? '') === portName)?.port;
    if (slice.addressType !== 'IPv4' || port === undefined) continue;
    for (const endpoint of (slice.endpoints ?? []).flatMap((each) => portEndpoint(each, port))) {
      const key = `${endpoint.address}:${port}`;
      if (!found.get(key)?.ready) found.set(key, endpoint);
    }
  }
  return [...found.values()];
}

function portEndpoint({ addresses, nodeName, conditions = {} }: Endpoint, port: number): PortEndpoint[] {
  const [address] = addresses ?? [];
  const { ready = true, terminating = false } = conditions;
  const { serving = ready } = conditions;
  return address === undefined
    ? []
    : [{ address, port, nodeName, ready, servingWhileTerminating: serving && terminating }];
}

/** The ready ones; when there are none, those that still serve while they terminate. Ordered, so that equal worlds give equal rules. */
function usable(endpoints: readonly PortEndpoint[]): Target[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  return (ready.length > 0 ? ready : endpoints.filter((endpoint) => endpoint.servingWhileTerminating))
    .map(({ address, port }) => ({ address, port }))
    .toSorted((a, b) => a.address.localeCompare(b.address, 'en', { numeric: true }) || a.port - b.port);
}
