import type { Endpoints, Pod, Service } from '@shiplog/domain';
import { planEndpoints, type EndpointsWorld } from './endpoints.plan.js';

const service = (spec: object = {}, labels: object = { team: 'a' }): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', labels },
    spec: {
      clusterIP: '10.96.0.9',
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...spec,
    },
  }) as unknown as Service;

interface PodTraits {
  ready?: boolean;
  phase?: string;
  ip?: string;
  deleting?: boolean;
  spec?: object;
}
const pod = (
  name: string,
  { ready = true, phase = 'Running', ip = `10.0.0.${name.charCodeAt(0)}`, deleting, spec }: PodTraits = {},
): Pod =>
  ({
    metadata: { name, namespace: 'shop', uid: name, ...(deleting ? { deletionTimestamp: 'now' } : {}) },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 3000, protocol: 'TCP' }] }],
      ...spec,
    },
    status: {
      phase,
      ...(ip ? { podIP: ip, podIPs: [{ ip }] } : {}),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  }) as unknown as Pod;

/** `10.0.0.97,!10.0.0.98 → http:80`: ready and not ready addresses, and the ports. */
const inWords = ({
  addresses = [],
  notReadyAddresses = [],
  ports = [],
}: NonNullable<Endpoints['subsets']>[number]): string =>
  `${[...addresses.map(({ ip }) => ip), ...notReadyAddresses.map(({ ip }) => `!${ip}`)].join(',')} → ${ports.map((p) => `${p.name ?? ''}:${p.port}`).join(',')}`;

const planned = (world: Partial<EndpointsWorld>) =>
  planEndpoints({ service: service(), pods: [], ...world }).actions[0];
const subsets = (pods: Pod[], s = service()): string[] => {
  const action = planned({ service: s, pods });
  return ((action && 'object' in action ? (action.object as Endpoints).subsets : undefined) ?? []).map(inWords);
};

describe('the Endpoints of a Service', () => {
  const named = { ports: [{ name: 'web', port: 80, targetPort: 'http' }] };
  const cases: [string, Service, Pod[], string[]][] = [
    ['have ready pods at the target port', service(), [pod('a'), pod('b')], ['10.0.0.97,10.0.0.98 → :8080']],
    [
      'list pods that are not ready apart',
      service(),
      [pod('a'), pod('b', { ready: false })],
      ['10.0.0.97,!10.0.0.98 → :8080'],
    ],
    [
      'count them as ready if the Service says so',
      service({ publishNotReadyAddresses: true }),
      [pod('b', { ready: false })],
      ['10.0.0.98 → :8080'],
    ],
    ['leave out pods without an address', service(), [pod('a', { ip: '' })], []],
    ['leave out ended pods', service(), [pod('a', { phase: 'Succeeded' }), pod('b', { phase: 'Failed' })], []],
    ['leave out terminating pods', service(), [pod('a', { deleting: true })], []],
    [
      'keep terminating pods of a Service that publishes all',
      service({ publishNotReadyAddresses: true }),
      [pod('a', { deleting: true })],
      ['10.0.0.97 → :8080'],
    ],
    ['find named ports in each pod', service(named), [pod('a')], ['10.0.0.97 → web:3000']],
    ['leave out pods without the named port', service(named), [pod('a', { spec: { containers: [] } })], []],
    [
      'take the Service port where there is no target',
      service({ ports: [{ port: 80 }] }),
      [pod('a')],
      ['10.0.0.97 → :80'],
    ],
    [
      'have no ports for a headless Service without',
      service({ clusterIP: 'None', ports: [] }),
      [pod('a')],
      ['10.0.0.97 → '],
    ],
    [
      'have the address of the Service family',
      service({ ipFamilies: ['IPv6'] }),
      [pod('a'), pod('b', { ip: 'fd00::1' })],
      ['fd00::1 → :8080'],
    ],
    [
      'split by ports',
      service(named),
      [pod('a'), pod('b', { spec: { containers: [{ ports: [{ name: 'http', containerPort: 9 }] }] } })],
      ['10.0.0.97 → web:3000', '10.0.0.98 → web:9'],
    ],
  ];
  test.each(cases)('%s', (_, s, pods, expected) => expect(subsets(pods, s).sort()).toEqual(expected));

  it('carry the labels of the Service and who keeps them', () =>
    expect(planned({})).toMatchObject({
      do: 'create',
      object: {
        metadata: {
          name: 'web',
          namespace: 'shop',
          labels: { team: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
        },
      },
    }));

  it('say that a Service is headless', () =>
    expect(planned({ service: service({ clusterIP: 'None' }) })).toMatchObject({
      object: { metadata: { labels: { 'service.kubernetes.io/headless': '' } } },
    }));

  it('point back at the pod, with its node and its name below the Service', () => {
    const named = pod('a', { spec: { hostname: 'a-0', subdomain: 'web', nodeName: 'n1' } });
    expect(planned({ pods: [named] })).toMatchObject({
      object: {
        subsets: [
          {
            addresses: [
              { hostname: 'a-0', nodeName: 'n1', targetRef: { kind: 'Pod', namespace: 'shop', name: 'a', uid: 'a' } },
            ],
          },
        ],
      },
    });
  });

  it('hold a thousand addresses at most, and say when that is not all', () => {
    const pods = Array.from({ length: 1001 }, (_, i) => pod(`p${i}`, { ip: `10.1.${i >> 8}.${i & 255}` }));
    const action = planned({ pods });
    expect(action).toMatchObject({
      object: { metadata: { annotations: { 'endpoints.kubernetes.io/over-capacity': 'truncated' } } },
    });
    expect((action as unknown as { object: Endpoints }).object.subsets?.[0]?.addresses).toHaveLength(1000);
  });

  const existing = (): Endpoints => ({ ...(planned({ pods: [pod('a')] }) as unknown as { object: Endpoints }).object });
  const leader = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'web', annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } },
  };
  const fates: [string, Partial<EndpointsWorld>, string | undefined][] = [
    ['are left as they are when nothing changed', { pods: [pod('a')], endpoints: existing() }, undefined],
    ['are updated when a pod comes', { pods: [pod('a'), pod('b')], endpoints: existing() }, 'update'],
    ['go with their Service', { service: undefined, endpoints: existing() }, 'delete'],
    [
      'that somebody made by hand go with their Service too',
      { service: undefined, endpoints: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' } } },
      'delete',
    ],
    ['by which a program elects its leader stay', { service: undefined, endpoints: leader }, undefined],
    ['of a Service without selector are not ours', { service: service({ selector: undefined }) }, undefined],
    ['of an external name are none', { service: service({ type: 'ExternalName' }) }, undefined],
  ];
  test.each(fates)('%s', (_, world, expected) => expect(planned(world)?.do).toBe(expected));
});
