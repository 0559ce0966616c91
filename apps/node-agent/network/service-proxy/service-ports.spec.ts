import type { EndpointSlice, ServiceSpec } from '@shiplog/domain';
import { at, service, slice } from '../testing-services.js';
import { servicePorts } from './service-ports.js';

const spec: ServiceSpec = { type: 'ClusterIP', clusterIP: '10.96.0.7', ports: [{ port: 80 }] };
const terminating = { conditions: { ready: false, serving: true, terminating: true } };
const notReady = { conditions: { ready: false, serving: false, terminating: false } };

type Case = [string, EndpointSlice[], string[], string[]];
const cases: Case[] = [
  [
    'takes ready endpoints, and those of this node apart',
    [slice('a', [at('10.1.0.2'), at('10.1.1.2', 'node-2')])],
    ['10.1.0.2:8080', '10.1.1.2:8080'],
    ['10.1.0.2:8080'],
  ],
  [
    'leaves out what is not ready',
    [slice('a', [at('10.1.0.2'), at('10.1.0.3', 'node-1', notReady)])],
    ['10.1.0.2:8080'],
    ['10.1.0.2:8080'],
  ],
  [
    'leaves out what terminates while another is ready',
    [slice('a', [at('10.1.0.2', 'node-2'), at('10.1.0.3', 'node-2', terminating)])],
    ['10.1.0.2:8080'],
    [],
  ],
  [
    'falls back on what serves while it terminates',
    [slice('a', [at('10.1.0.3', 'node-1', terminating)])],
    ['10.1.0.3:8080'],
    ['10.1.0.3:8080'],
  ],
  [
    'falls back for the node alone',
    [slice('a', [at('10.1.1.2', 'node-2'), at('10.1.0.3', 'node-1', terminating)])],
    ['10.1.1.2:8080'],
    ['10.1.0.3:8080'],
  ],
  [
    'takes no condition as ready',
    [slice('a', [at('10.1.0.2', 'node-1', { conditions: {} })])],
    ['10.1.0.2:8080'],
    ['10.1.0.2:8080'],
  ],
  [
    'counts an address of two slices once, ready if one says so',
    [slice('a', [at('10.1.0.2', 'node-1', notReady)]), slice('a', [at('10.1.0.2')])],
    ['10.1.0.2:8080'],
    ['10.1.0.2:8080'],
  ],
  [
    'ignores slices of another port and of IPv6',
    [slice('a', [at('10.1.0.2')], [{ name: 'other', port: 1 }]), { ...slice('a', [at('::1')]), addressType: 'IPv6' }],
    [],
    [],
  ],
  [
    'orders addresses as numbers',
    [slice('a', [at('10.1.0.10'), at('10.1.0.9')])],
    ['10.1.0.9:8080', '10.1.0.10:8080'],
    ['10.1.0.9:8080', '10.1.0.10:8080'],
  ],
];

describe('servicePorts', () => {
  test.each(cases)('%s', (_, slices, targets, localTargets) => {
    const [port] = servicePorts(service('a', spec), slices, 'node-1');
    expect(port?.targets.map(({ address, port: number }) => `${address}:${number}`)).toEqual(targets);
    expect(port?.localTargets.map(({ address, port: number }) => `${address}:${number}`)).toEqual(localTargets);
  });

  const without: [string, ServiceSpec][] = [
    ['a headless Service', { ...spec, clusterIP: 'None' }],
    ['an external name', { type: 'ExternalName', externalName: 'example.com', ports: [{ port: 80 }] }],
    ['a Service without an address yet', { ...spec, clusterIP: '' }],
    ['an IPv6 Service', { ...spec, clusterIP: 'fd00::1' }],
  ];
  test.each(without)('gives no port for %s', (_, given) => {
    expect(servicePorts(service('a', given), [slice('a', [at('10.1.0.2')])], 'node-1')).toEqual([]);
  });

  it('reads policies, node port, affinity and addresses from outside', () => {
    const given = service('a', {
      ...{ ...spec, type: 'LoadBalancer', externalIPs: ['192.0.2.1'], externalTrafficPolicy: 'Local' },
      ...{
        internalTrafficPolicy: 'Local',
        sessionAffinity: 'ClientIP',
        ports: [{ name: 'dns', protocol: 'UDP', port: 53, nodePort: 30053 }],
      },
    });
    const withIngress = {
      ...given,
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }, { ip: '192.0.2.10', ipMode: 'Proxy' }] } },
    };
    expect(servicePorts(withIngress, [], 'node-1')).toMatchObject([
      {
        ...{ port: 'dns', protocol: 'udp', number: 53, nodePort: 30053, affinitySeconds: 10_800 },
        ...{ internalPolicy: 'Local', externalPolicy: 'Local', externalAddresses: ['192.0.2.1', '192.0.2.9'] },
      },
    ]);
  });
});
