import type { EndpointSlice, Service } from '@shiplog/domain';
import type { Informer } from '@shiplog/client';
import type { ServiceDirectory } from './cluster-records.js';
import { clusterAddresses, serviceNameLabel } from '../service-objects.js';

const addressesOfService = (service: Service): string[] => clusterAddresses(service);
const addressesOfSlice = ({ endpoints = [] }: EndpointSlice): string[] =>
  endpoints.flatMap(({ addresses = [] }) => [...addresses]);

/** The directory over a node's caches. */
export const directoryOf = (services: Informer<Service>, slices: Informer<EndpointSlice>): ServiceDirectory => ({
  service: (namespace, name) => services.lister.get(namespace, name),
  slices: (namespace, name) => slices.lister.labelled(namespace, { [serviceNameLabel]: name }),
  hasServices: (namespace) => services.lister.inNamespace(namespace).length > 0,
  serviceAt: (address) => services.lister.by(addressesOfService, address)[0],
  slicesWith: (address) => slices.lister.by(addressesOfSlice, address),
});
