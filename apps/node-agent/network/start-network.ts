import type { EndpointSlice, Service } from '@shiplog/domain';
import { resourceType, type Informers } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { addAddress } from './dns/dns-address.js';
import { serveDns } from './dns/dns-server.js';
import { directoryOf } from './dns/service-directory.js';
import { askUpstream, machineResolvers } from './dns/upstream.js';
import { runServiceProxy } from './service-proxy/service-proxy.js';

export interface NetworkOptions {
  /** Must not run yet: the network adds what it follows. */
  readonly informers: Informers;
  readonly nodeName: string;
  readonly podCidr: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly logger: Logger;
}

const services = resourceType<Service>('', 'v1', 'Service', 'services');
const endpointSlices = resourceType<EndpointSlice>('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices');

/**
 * Serves the cluster's names and forwards connections to Services, in the network namespace that this process is in, until aborted.
 * Registers its informers before it first waits; the caller runs them.
 */
export async function startNetwork(options: NetworkOptions, signal: AbortSignal): Promise<void> {
  const { informers, nodeName, podCidr, clusterDns, clusterDomain, logger } = options;
  const caches = { services: informers.of(services), slices: informers.of(endpointSlices) };
  const upstream = await machineResolvers();
  await addAddress(clusterDns);
  // An answer from caches that are still empty would say that a name does not exist.
  await Promise.all([caches.services.whenSynced(signal), caches.slices.whenSynced(signal)]);
  const server = {
    zone: clusterDomain,
    directory: directoryOf(caches.services, caches.slices),
    forward: (query: Uint8Array, transport: 'udp' | 'tcp') => askUpstream(query, upstream.servers, transport, signal),
  };
  // The machine's programs, containerd among them, ask a resolver on loopback where it has one. In this network we are that resolver.
  for (const address of [clusterDns, ...upstream.stubs]) await serveDns(server, address, 53, logger, signal);
  logger.info({ clusterDns, clusterDomain, upstream: upstream.servers }, 'cluster dns answers');
  await runServiceProxy({ ...caches, nodeName, network: { podCidr, reserved: [clusterDns] }, logger }, signal);
}
