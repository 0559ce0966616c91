import type { Endpoint, EndpointSlice, Service, ServiceSpec } from '@shiplog/domain';
import { serviceNameLabel } from './service-objects.js';

/** Builders for the tests of this folder: a Service and a slice with what the rules look at. */
export const service = (name: string, spec: ServiceSpec, namespace = 'default'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, uid: `uid-${name}` },
  spec,
});

export const slice = (
  of: string,
  endpoints: readonly Endpoint[],
  ports: EndpointSlice['ports'] = [{ name: '', protocol: 'TCP', port: 8080 }],
  namespace = 'default',
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${of}-abcde`, namespace, labels: { [serviceNameLabel]: of } },
  addressType: 'IPv4',
  endpoints: [...endpoints],
  ports: ports ?? [],
});

export const at = (address: string, nodeName = 'node-1', more: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [address],
  nodeName,
  conditions: { ready: true, serving: true, terminating: false },
  ...more,
});
