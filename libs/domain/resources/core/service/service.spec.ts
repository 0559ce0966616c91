import { FieldPath } from '../../../api/field-path.js';
import type { Service, ServiceSpec } from '../../../api/generated/types.js';
import { serviceColumns } from './service.columns.js';
import { defaultService } from './service.defaults.js';
import { serviceStrategy } from './service.strategy.js';
import { validateServiceUpdate } from './service-update.validation.js';
import { validateService } from './service.validation.js';
import { serviceWarnings } from './service.warnings.js';

const root = FieldPath.root;
const context = { now: new Date(0), newUid: () => 'u' };
const aService = (spec: ServiceSpec): Service => {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...structuredClone(spec) },
  };
  defaultService(service);
  return service;
};

describe('a Service that is refused', () => {
  const cases: [string, ServiceSpec, string[]][] = [
    ['no ports', { ports: [] }, ['spec.ports: Required value']],
    [
      'two ports without names',
      { ports: [{ port: 1 }, { port: 2 }] },
      ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
    ],
    [
      'a port out of range',
      { ports: [{ port: 70000, targetPort: 80 }] },
      ['spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      'a node port on a ClusterIP',
      { ports: [{ port: 1, nodePort: 30000 }] },
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'an unknown type',
      { type: 'Nope' as never },
      [
        'spec.type: Unsupported value: "Nope": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    ['an ExternalName without name', { type: 'ExternalName' }, ['spec.externalName: Required value']],
    [
      'an external address on the loopback',
      { externalIPs: ['127.0.0.1'] },
      ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ],
    ['a singular address without the plural', { clusterIP: '10.0.0.1' }, ['spec.clusterIPs: Required value']],
    [
      'a headless NodePort',
      { type: 'NodePort', clusterIP: 'None', clusterIPs: ['None'] },
      ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
    ],
    [
      'a port that another has in the same protocol',
      {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      },
      [
        'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
      ],
    ],
    [
      'an unknown distribution, listing the known in the order in which they came to be',
      { trafficDistribution: 'Nope' },
      [
        'spec.trafficDistribution: Unsupported value: "Nope": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
      ],
    ],
    [
      'an external policy on a ClusterIP',
      { externalTrafficPolicy: 'Local' },
      ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
    ],
  ];
  test.each(cases)('%s', (_, spec, expected) =>
    expect(validateService(aService(spec), root).map(({ field, message }) => `${field}: ${message}`)).toEqual(expected),
  );
  it('accepts a name of a chosen balancer', () =>
    expect(validateService(aService({ type: 'LoadBalancer', loadBalancerClass: 'x.io/y' }), root)).toEqual([]));
});

it('defaults the target port, the protocol and the policies', () =>
  expect(aService({ type: 'NodePort' }).spec).toMatchObject({
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
  }));

describe('update', () => {
  const update = (next: Service, current: Service): Service =>
    serviceStrategy.prepareForUpdate?.(next, current, context) ?? next;
  const allocated = (spec: ServiceSpec): Service =>
    aService({
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ...spec,
    });

  it('keeps the address that the client left out', () =>
    expect(update(aService({}), allocated({})).spec).toMatchObject({
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
    }));
  it('says by its plural address what the client says by the singular one', () =>
    expect(update(aService({ clusterIP: '10.0.0.2' }), allocated({})).spec?.clusterIPs).toEqual(['10.0.0.2']));
  it('keeps the node port of a port whose number changes', () =>
    expect(
      update(
        allocated({ type: 'NodePort', ports: [{ name: 'a', port: 81 }] }),
        allocated({ type: 'NodePort', ports: [{ name: 'a', port: 80, nodePort: 30001 }] }),
      ).spec?.ports?.[0],
    ).toMatchObject({ port: 81, nodePort: 30001 }));
  it('gives up the internal policy when it becomes an ExternalName', () =>
    expect(
      update(allocated({ type: 'ExternalName', externalName: 'x.io', internalTrafficPolicy: 'Cluster' }), allocated({}))
        .spec,
    ).not.toHaveProperty('internalTrafficPolicy'));
  it('refuses a class twice where only load balancers have one', () =>
    expect(
      validateServiceUpdate(allocated({ loadBalancerClass: 'x.io/c' }), allocated({}), root).map(({ field }) => field),
    ).toEqual(['spec.loadBalancerClass']));
  it('keeps the node port that the client left out', () =>
    expect(
      update(allocated({ type: 'NodePort' }), allocated({ type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }] }))
        .spec?.ports?.[0]?.nodePort,
    ).toBe(30001));
  it('gives up node ports with the type', () =>
    expect(
      update(
        allocated({ ports: [{ port: 80, nodePort: 30001 }] }),
        allocated({ type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }] }),
      ).spec?.ports?.[0],
    ).toEqual({
      port: 80,
      protocol: 'TCP',
      targetPort: 80,
    }));
  it('gives up the address when it becomes an ExternalName', () =>
    expect(update(allocated({ type: 'ExternalName', externalName: 'x.io' }), allocated({})).spec).not.toHaveProperty(
      'clusterIP',
    ));
  it('refuses another address', () =>
    expect(
      validateServiceUpdate(allocated({ clusterIP: '10.0.0.2', clusterIPs: ['10.0.0.2'] }), allocated({}), root).map(
        ({ field }) => field,
      ),
    ).toEqual(['spec.clusterIPs[0]']));
});

it.each<[string, Service, string]>([
  ['a node port', aService({ type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }] }), '80:30001/TCP'],
  [
    'two ports',
    aService({
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 53, protocol: 'UDP' },
      ],
    }),
    '80/TCP,53/UDP',
  ],
])('prints %s', (_, service, text) =>
  expect(serviceColumns.find(({ name }) => name === 'Port(s)')?.value(service, new Date(0))).toBe(text),
);

describe('a Service that is warned about', () => {
  const cases: [string, ServiceSpec, string[]][] = [
    ['nothing unusual', {}, []],
    ['a name of another type', { externalName: 'x.y' }, ['spec.externalName is ignored when spec.type is not']],
    ['external addresses', { externalIPs: ['1.2.3.4'] }, ['spec.externalIPs is deprecated']],
    [
      'what headless Services lack',
      { clusterIP: 'None', clusterIPs: ['None'], externalIPs: ['1.2.3.4'], sessionAffinity: 'ClientIP' },
      ['spec.externalIPs is ignored for headless', 'spec.SessionAffinity is ignored for headless'],
    ],
    ['a distribution of the past', { trafficDistribution: 'PreferClose' }, ['spec.trafficDistribution: "PreferClose"']],
    [
      'an address that is not canonical',
      { type: 'LoadBalancer', loadBalancerIP: '2001:0DB8::1' },
      ['spec.loadBalancerIP: IPv6 address "2001:0DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")'],
    ],
    [
      'an address with zeros in front',
      { type: 'LoadBalancer', loadBalancerIP: '010.0.0.1' },
      ['spec.loadBalancerIP: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"'],
    ],
  ];
  test.each(cases)('%s', (_, spec, expected) => {
    const warnings = serviceWarnings(aService(spec));
    expect(warnings).toHaveLength(expected.length);
    expected.forEach((start, i) => expect(warnings[i]?.startsWith(start)).toBe(true));
  });
});
