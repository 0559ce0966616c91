import type { EndpointSlice, Node, Pod, Service } from '@shiplog/domain';
import type { Action } from '@shiplog/controller-runtime';
import { planEndpointSlices, type EndpointSliceWorld } from './endpoint-slice.plan.js';

const service = (spec: object = {}): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', uid: 's', labels: { team: 'a' } },
    spec: {
      clusterIP: '10.96.0.9',
      ipFamilies: ['IPv4'],
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
      ...spec,
    },
  }) as unknown as Service;

const pod = (
  name: string,
  traits: { ready?: boolean; deleting?: boolean; ips?: string[]; spec?: object } = {},
): Pod => {
  const { ready = true, deleting = false, ips = [`10.0.0.${name}`], spec = {} } = traits;
  return {
    metadata: { name, namespace: 'shop', uid: name, ...(deleting ? { deletionTimestamp: 'now' } : {}) },
    spec: { nodeName: 'n1', containers: [], ...spec },
    status: {
      phase: 'Running',
      podIPs: ips.map((ip) => ({ ip })),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  } as unknown as Pod;
};
const pods = (count: number, from = 0): Pod[] => Array.from({ length: count }, (_, i) => pod(String(from + i)));

const nodes = new Map([
  ['n1', { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } } } as unknown as Node],
]);

const planned = (world: Partial<EndpointSliceWorld>): readonly Action[] =>
  planEndpointSlices({ service: service(), pods: [], nodes, slices: [], ...world }).actions;

/** The slices as they are once the plan is carried out. */
let serial = 0;
const applied = (slices: readonly EndpointSlice[], actions: readonly Action[]): EndpointSlice[] => {
  const result = new Map(slices.map((slice) => [slice.metadata.name, slice]));
  for (const action of actions) {
    if (action.do === 'tell') continue;
    const object = action.object as EndpointSlice;
    const name = object.metadata.name ?? `web-${serial++}`;
    if (action.do === 'delete') result.delete(name);
    else result.set(name, { ...object, metadata: { ...object.metadata, name } });
  }
  return [...result.values()];
};
const slicesOf = (given: Pod[], s = service()): EndpointSlice[] => applied([], planned({ pods: given, service: s }));
const inWords = (actions: readonly Action[]): string[] =>
  actions.map((action) =>
    action.do === 'tell' ? 'tell' : `${action.do} ${(action.object as EndpointSlice).endpoints?.length ?? 0}`,
  );

describe('the endpoints of a Service', () => {
  const conditions: [string, Service, Pod, object][] = [
    ['ready', service(), pod('1'), { ready: true, serving: true, terminating: false }],
    ['not ready', service(), pod('1', { ready: false }), { ready: false, serving: false, terminating: false }],
    [
      'terminating but serving',
      service(),
      pod('1', { deleting: true }),
      { ready: false, serving: true, terminating: true },
    ],
    [
      'not ready, published all the same',
      service({ publishNotReadyAddresses: true }),
      pod('1', { ready: false }),
      { ready: true, serving: false, terminating: false },
    ],
  ];
  test.each(conditions)('%s', (_, s, p, expected) =>
    expect(slicesOf([p], s)[0]?.endpoints?.[0]?.conditions).toEqual(expected),
  );

  it('know their pod, node and zone, and their name below the Service', () =>
    expect(
      slicesOf([pod('1', { spec: { hostname: 'a', subdomain: 'web', nodeName: 'n1' } })])[0]?.endpoints?.[0],
    ).toMatchObject({
      addresses: ['10.0.0.1'],
      hostname: 'a',
      nodeName: 'n1',
      zone: 'z1',
      targetRef: { kind: 'Pod', namespace: 'shop', name: '1', uid: '1' },
    }));

  it('are hinted to their zone where the Service prefers what is close', () =>
    expect(slicesOf([pod('1')], service({ trafficDistribution: 'PreferClose' }))[0]?.endpoints?.[0]?.hints).toEqual({
      forZones: [{ name: 'z1' }],
    }));

  it('have a slice for each IP family', () => {
    const slices = slicesOf([pod('1', { ips: ['10.0.0.1', 'fd00::1'] })], service({ ipFamilies: ['IPv4', 'IPv6'] }));
    expect(slices.map(({ addressType, endpoints }) => [addressType, endpoints?.[0]?.addresses])).toEqual([
      ['IPv4', ['10.0.0.1']],
      ['IPv6', ['fd00::1']],
    ]);
  });

  it('have a slice for each set of port numbers', () => {
    const named = service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] });
    const at = (port: number) => ({ spec: { containers: [{ ports: [{ name: 'web', containerPort: port }] }] } });
    expect(slicesOf([pod('1', at(1)), pod('2', at(2))], named).map(({ ports }) => ports?.[0]?.port)).toEqual([1, 2]);
  });
});

describe('the slices of a Service', () => {
  it('belong to it and say who keeps them', () =>
    expect(slicesOf([])[0]?.metadata).toMatchObject({
      generateName: 'web-',
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [{ kind: 'Service', uid: 's', controller: true }],
    }));

  const hundred = slicesOf(pods(100));
  const cases: [string, EndpointSlice[], Pod[], string[]][] = [
    ['one empty slice when there is nothing', [], [], ['create 0']],
    ['a hundred endpoints each', [], pods(250), ['create 100', 'create 100', 'create 50']],
    ['rest when nothing changes', hundred, pods(100), []],
    ['only the slice that changes is written', slicesOf(pods(150)), pods(149), ['update 49']],
    ['what is new goes where there is room', slicesOf(pods(150)), pods(151), ['update 51']],
    [
      'what is new goes where something changes anyway',
      slicesOf(pods(150)),
      [...pods(149, 1), pod('900')],
      ['update 100'],
    ],
    ['a slice that empties goes', slicesOf(pods(150)), pods(100), ['delete 50']],
    ['the last slice stays, empty', slicesOf(pods(1)), [], ['create 0', 'delete 1']],
  ];
  test.each(cases)('%s', (_, slices, given, expected) =>
    expect(inWords(planned({ slices, pods: given }))).toEqual(expected),
  );

  it('go when the Service no longer selects', () =>
    expect(inWords(planned({ service: service({ selector: undefined }), slices: hundred }))).toEqual(['delete 100']));
});
