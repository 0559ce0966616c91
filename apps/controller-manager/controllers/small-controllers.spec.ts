import type { ClusterRole, ConfigMap, Namespace, Node, ServiceAccount } from '@shiplog/domain';
import { planAggregation } from './cluster-role-aggregation/cluster-role-aggregation.controller.js';
import { nodeRanges, planNodeIpam } from './node-ipam/node-ipam.controller.js';
import { planRootCa } from './root-ca/root-ca.controller.js';
import { planServiceAccount } from './service-account/service-account.controller.js';

const namespace = (metadata: object = {}): Namespace =>
  ({ metadata: { name: 'shop', ...metadata }, status: { phase: 'Active' } }) as unknown as Namespace;
const gone = namespace({ deletionTimestamp: 'now' });

describe('the default ServiceAccount of a namespace', () => {
  it('is created where it is missing', () =>
    expect(planServiceAccount({ namespace: namespace() }).actions).toMatchObject([
      { do: 'create', object: { kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } } },
    ]));
  it('is left alone where it is', () =>
    expect(planServiceAccount({ namespace: namespace(), account: {} as ServiceAccount }).actions).toEqual([]));
  it('is not made in a namespace that goes', () => expect(planServiceAccount({ namespace: gone }).actions).toEqual([]));
});

describe('the root certificate of a namespace', () => {
  const published = (): ConfigMap =>
    (planRootCa({ namespace: namespace(), certificate: 'PEM' }).actions[0] as unknown as { object: ConfigMap }).object;
  it('is published under its name', () =>
    expect(published()).toMatchObject({
      metadata: { name: 'kube-root-ca.crt', namespace: 'shop' },
      data: { 'ca.crt': 'PEM' },
    }));
  it('stays as it is', () =>
    expect(planRootCa({ namespace: namespace(), published: published(), certificate: 'PEM' }).actions).toEqual([]));
  it('is mended when somebody changed it, or when it is a new one', () =>
    expect(planRootCa({ namespace: namespace(), published: published(), certificate: 'NEW' }).actions).toMatchObject([
      { do: 'update', object: { data: { 'ca.crt': 'NEW' } } },
    ]));
  it('is not published in a namespace that goes', () =>
    expect(planRootCa({ namespace: gone, certificate: 'PEM' }).actions).toEqual([]));
});

describe('the pod range of a node', () => {
  const node = (spec: object = {}): Node =>
    ({ metadata: { name: 'n', uid: 'u', resourceVersion: '1' }, spec }) as unknown as Node;
  it('is the first free one', () =>
    expect(
      planNodeIpam({ node: node(), taken: new Set(['10.4.0.0/24', '10.4.2.0/24']), clusterCidr: '10.4.0.0/22' })
        .actions,
    ).toMatchObject([{ do: 'patch', patch: { spec: { podCIDR: '10.4.1.0/24', podCIDRs: ['10.4.1.0/24'] } } }]));
  it('is kept where a node has one', () =>
    expect(
      planNodeIpam({ node: node({ podCIDR: '10.9.0.0/24' }), taken: new Set(), clusterCidr: '10.4.0.0/22' }).actions,
    ).toEqual([]));
  it('cannot be given when all are taken, and that is told', () =>
    expect(
      planNodeIpam({ node: node(), taken: new Set(nodeRanges('10.4.0.0/23')), clusterCidr: '10.4.0.0/23' }).actions,
    ).toMatchObject([{ do: 'tell', notice: { reason: 'CIDRNotAvailable' } }]));
  it('lies within that of the cluster', () =>
    expect([...nodeRanges('10.4.254.0/22')]).toEqual(['10.4.254.0/24', '10.4.255.0/24', '10.5.0.0/24', '10.5.1.0/24']));
});

describe('an aggregated ClusterRole', () => {
  const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
  const role = (name: string, resources: string[], labels: object = {}): ClusterRole =>
    ({ metadata: { name, labels }, rules: resources.map(rule) }) as unknown as ClusterRole;
  const admin = (rules: unknown[] = []): ClusterRole =>
    ({
      metadata: { name: 'admin' },
      rules,
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'admin' } }] },
    }) as unknown as ClusterRole;
  const others = [
    role('z', ['pods', 'secrets'], { to: 'admin' }),
    role('b', ['pods'], { to: 'admin' }),
    role('c', ['nodes']),
  ];
  it('has the rules of all that its selectors take, by name, each once', () =>
    expect(planAggregation({ role: admin(), others }).actions).toMatchObject([
      { patch: { rules: [rule('pods'), rule('secrets')] } },
    ]));
  it('stays as it is', () =>
    expect(planAggregation({ role: admin([rule('pods'), rule('secrets')]), others }).actions).toEqual([]));
  it('is the only sort that is touched', () =>
    expect(planAggregation({ role: role('x', ['pods']), others }).actions).toEqual([]));
});
