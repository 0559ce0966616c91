import type { Endpoints, EndpointSlice, Service } from '@shiplog/domain';
import { planMirroring, type MirroringWorld } from './endpoint-slice-mirroring.plan.js';

const endpoints = (subsets: object[], metadata: object = {}): Endpoints =>
  ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'db', namespace: 'shop', uid: 'e', labels: { a: 'b' }, ...metadata },
    subsets,
  }) as unknown as Endpoints;
const service = (spec: object = {}): Service =>
  ({ metadata: { name: 'db', namespace: 'shop' }, spec }) as unknown as Service;
const subset = {
  addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
  notReadyAddresses: [{ ip: '10.0.0.2' }],
  ports: [{ port: 5432 }],
};
const slice = { metadata: { name: 'db-1' }, addressType: 'IPv4', endpoints: [] } as unknown as EndpointSlice;

const planned = (world: Partial<MirroringWorld>): string[] =>
  planMirroring({ endpoints: endpoints([subset]), service: service(), slices: [], ...world }).actions.map((action) => {
    if (action.do === 'tell') return 'tell';
    const { addressType, endpoints: list = [] } = action.object as EndpointSlice;
    return `${action.do} ${addressType} ${(list ?? []).map((e) => `${e.conditions?.ready ? '' : '!'}${e.addresses[0]}`).join(',')}`.trim();
  });

describe('hand-made Endpoints', () => {
  const cases: [string, Partial<MirroringWorld>, string[]][] = [
    ['are mirrored, a slice for each family', {}, ['create IPv4 10.0.0.1,!10.0.0.2', 'create IPv6 fd00::1']],
    ['of a Service that selects pods are not', { service: service({ selector: { a: 'b' } }) }, []],
    ['without a Service are not', { service: undefined }, []],
    [
      'that ask not to be are not',
      { endpoints: endpoints([subset], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }) },
      [],
    ],
    [
      'that elect a leader are not',
      { endpoints: endpoints([subset], { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }) },
      [],
    ],
    ['take their slices with them', { endpoints: undefined, slices: [slice] }, ['delete IPv4']],
    ['that no longer count lose them', { service: undefined, slices: [slice] }, ['delete IPv4']],
  ];
  test.each(cases)('%s', (_, world, expected) => expect(planned(world)).toEqual(expected));

  it('own their slices, which carry their labels', () =>
    expect(planMirroring({ endpoints: endpoints([subset]), service: service(), slices: [] }).actions[0]).toMatchObject({
      object: {
        metadata: {
          generateName: 'db-',
          labels: {
            a: 'b',
            'kubernetes.io/service-name': 'db',
            'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          },
          ownerReferences: [{ kind: 'Endpoints', uid: 'e', controller: true }],
        },
        ports: [{ name: '', port: 5432, protocol: 'TCP' }],
      },
    }));
});
