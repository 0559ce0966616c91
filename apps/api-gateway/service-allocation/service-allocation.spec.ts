import type { KubeObject, Service, ServiceSpec } from '@shiplog/domain';
import fc from 'fast-check';
import { AddressRange } from './address-range.js';
import { ServiceAllocation } from './service-allocation.js';

let clock = 0;
const fresh = (serviceCidr = '10.96.0.0/16'): ServiceAllocation =>
  new ServiceAllocation({ serviceCidr, nodePortRange: '30000-30019', random: Math.random, now: () => clock });

const service = (name: string, spec: ServiceSpec): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'a' },
  spec: { type: 'ClusterIP', ...spec },
});
const port = (fields: object = {}) => ({ port: 80, protocol: 'TCP' as const, ...fields });
const seen = (allocation: ServiceAllocation, one: Service): void =>
  allocation.apply({ type: 'updated', object: one as unknown as KubeObject });

/** Fills and claims, as a create that succeeds does. */
function create(allocation: ServiceAllocation, name: string, spec: ServiceSpec): Service {
  const filled = allocation.fill(service(name, spec), undefined);
  const owner = `a/${name}`;
  for (const { value, outOfRange, taken, refused } of allocation.wanted(filled, undefined)) {
    const why = outOfRange(false) ?? (allocation.otherHolder(value, owner) === undefined ? undefined : taken);
    if (why !== undefined) throw refused(why);
    allocation.claim(value, owner);
  }
  return filled;
}

const inRange = expect.stringMatching(/^10\.96\.\d+\.\d+$/) as string;
const someNodePort = expect.any(Number) as number;

test.each<[string, ServiceSpec, object]>([
  [
    'an address of the default family',
    {},
    { clusterIP: inRange, clusterIPs: [inRange], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
  ],
  ['the address it asks for', { clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] }, { clusterIPs: ['10.96.7.7'] }],
  [
    'one address where both families are only preferred',
    { ipFamilyPolicy: 'PreferDualStack' },
    { clusterIPs: [inRange], ipFamilyPolicy: 'PreferDualStack' },
  ],
  ['a node port', { type: 'NodePort', ports: [port()] }, { ports: [port({ nodePort: someNodePort })] }],
  [
    'one node port for both protocols of a port',
    { type: 'NodePort', ports: [port({ nodePort: 30002 }), port({ protocol: 'UDP' })] },
    { ports: [port({ nodePort: 30002 }), port({ protocol: 'UDP', nodePort: 30002 })] },
  ],
  [
    'no node port if it wants none',
    { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [port()] },
    { ports: [port()] },
  ],
  [
    'a port for health checks',
    { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [port()] },
    { healthCheckNodePort: someNodePort },
  ],
  [
    'no address when it is headless',
    { clusterIP: 'None', clusterIPs: ['None'], selector: { a: 'b' } },
    { clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
  ],
  [
    'both families when headless without selector',
    { clusterIP: 'None', clusterIPs: ['None'] },
    { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' },
  ],
])('a Service gets %s', (_, spec, expected) => expect(create(fresh(), 's', spec).spec).toMatchObject(expected));

test('an external name gets nothing', () =>
  expect(create(fresh(), 's', { type: 'ExternalName', externalName: 'x.y' }).spec).toEqual({
    type: 'ExternalName',
    externalName: 'x.y',
  }));

const at = (ip: string): ServiceSpec => ({ clusterIP: ip, clusterIPs: [ip] });
const nodePort = (number: number): ServiceSpec => ({ type: 'NodePort', ports: [port({ nodePort: number })] });

test.each<[string, ServiceSpec, string]>([
  [
    'a taken address',
    at('10.96.7.7'),
    'spec.clusterIPs: Invalid value: ["10.96.7.7"]: failed to allocate IP 10.96.7.7: provided IP is already allocated',
  ],
  [
    'an address of another network',
    at('10.97.0.1'),
    'failed to allocate IP 10.97.0.1: the provided network does not match the current range',
  ],
  ['the network address', at('10.96.0.0'), 'does not match the current range'],
  ['the broadcast address', at('10.96.255.255'), 'does not match the current range'],
  ['a taken port', nodePort(30001), 'spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated'],
  [
    'a port out of range',
    nodePort(3001),
    'provided port is not in the valid range. The range of valid ports is 30000-30019',
  ],
  [
    'one port for two of its own',
    { type: 'NodePort', ports: [port({ nodePort: 30002 }), port({ port: 81, nodePort: 30002 })] },
    'spec.ports[1].nodePort: Invalid value: 30002: provided port is already allocated',
  ],
  ['two families', { ipFamilyPolicy: 'RequireDualStack' }, 'this cluster is not configured for dual-stack services'],
  [
    'the other family',
    { ipFamilies: ['IPv6'] },
    'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  ],
  [
    'an address of the other family',
    at('fd00::1'),
    'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
  ],
])('a Service is refused %s', (_, spec, message) => {
  const allocation = fresh();
  create(allocation, 'first', { ...at('10.96.7.7'), ...nodePort(30001) });
  expect(() => create(allocation, 's', spec)).toThrow(message);
});

test('what is taken stays taken when the object is seen, and is free when it is gone', () => {
  const allocation = fresh();
  const first = create(allocation, 'first', at('10.96.7.7'));
  seen(allocation, first);
  clock += 60_000;
  expect(() => create(allocation, 's', at('10.96.7.7'))).toThrow('already allocated');
  allocation.apply({ type: 'deleted', object: first as unknown as KubeObject });
  expect(create(allocation, 's', at('10.96.7.7')).spec.clusterIP).toBe('10.96.7.7');
});

test('what was claimed for a write that failed is free after a while, and for the same Service at once', () => {
  const allocation = fresh();
  create(allocation, 'first', at('10.96.7.7'));
  expect(create(allocation, 'first', at('10.96.7.7')).spec.clusterIP).toBe('10.96.7.7');
  clock += 60_000;
  expect(create(allocation, 's', at('10.96.7.7')).spec.clusterIP).toBe('10.96.7.7');
});

test('an update keeps what the Service has', () => {
  const allocation = fresh();
  const first = create(allocation, 'first', { ...at('10.96.7.7'), ...nodePort(30001) });
  seen(allocation, first);
  expect(allocation.wanted(allocation.fill(first, first.spec), first.spec)).toEqual([]);
});

test('no two Services are given the same, as long as there is something to give', () => {
  const allocation = fresh('10.96.0.0/27');
  const addresses = Array.from({ length: 30 }, (_, i) => create(allocation, `s${i}`, {}).spec.clusterIP);
  expect(new Set(addresses).size).toBe(30);
  expect(() => create(allocation, 'one-more', {})).toThrow('range is full');
});

test('a range gives only addresses of its own', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('10.96.0.0/16', '10.0.0.0/30', 'fd00::/112', 'fd00::/64'),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (cidr, random) => {
        const range = new AddressRange(cidr);
        return range.includes(
          range.pick(
            () => random,
            () => true,
          ) ?? '',
        );
      },
    ),
  );
});
