import { FieldPath } from '../api/field-path.js';
import type { KubeObject } from '../api/kube-object.js';
import type { AnyResource } from './define-resource.js';
import { resourceFor } from './resources.js';

/** What each kind refuses, as `field` of every violated rule. Kinds with many rules of their own have a spec beside them. */
const of = (group: string, plural: string): AnyResource => {
  const resource = resourceFor({ group, version: 'v1', plural });
  if (!resource) throw new Error(`${plural} is not served`);
  return resource;
};
const rules = { now: new Date(0), newUid: () => 'u' };

function objectOf(resource: AnyResource, fields: object): KubeObject {
  const apiVersion = resource.group ? `${resource.group}/v1` : 'v1';
  const metadata = { name: 'n', ...(resource.scope === 'Namespaced' ? { namespace: 'default' } : {}) };
  const object: KubeObject = { apiVersion, kind: resource.kind, metadata, ...structuredClone(fields) };
  resource.defaults?.(object);
  return object;
}

const core = (plural: string): AnyResource => of('', plural);
const rbac = (plural: string): AnyResource => of('rbac.authorization.k8s.io', plural);
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'x:1' }] } };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };

const created: [string, AnyResource, object, string[]][] = [
  ['a ConfigMap', core('configmaps'), { data: { a: '1' } }, []],
  ['a ConfigMap with bad keys', core('configmaps'), { data: { 'a b': '', '..': '' } }, ['data[a b]', 'data[..]']],
  ['a key in both maps', core('configmaps'), { data: { a: '1' }, binaryData: { a: base64('x') } }, ['data[a]']],
  ['a ConfigMap that is too large', core('configmaps'), { data: { a: 'x'.repeat(1024 * 1024 + 1) } }, ['[]']],
  [
    'a TLS Secret without key',
    core('secrets'),
    { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } },
    ['data[tls.key]'],
  ],
  [
    'a dockercfg that is no JSON',
    core('secrets'),
    { type: 'kubernetes.io/dockercfg', stringData: { '.dockercfg': 'x' } },
    ['data[.dockercfg]'],
  ],
  [
    'basic auth without either',
    core('secrets'),
    { type: 'kubernetes.io/basic-auth' },
    ['data[username]', 'data[password]'],
  ],
  [
    'Endpoints on the loopback',
    core('endpoints'),
    { subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 1 }] }] },
    ['subsets[0].addresses[0].ip'],
  ],
  ['Endpoints without address', core('endpoints'), { subsets: [{}] }, ['subsets[0]']],
  [
    'an address with leading zeros',
    core('endpoints'),
    { subsets: [{ addresses: [{ ip: '010.0.0.1' }] }] },
    ['subsets[0].addresses[0].ip'],
  ],
  [
    'a slice of the wrong family',
    of('discovery.k8s.io', 'endpointslices'),
    { addressType: 'IPv6', endpoints: [{ addresses: ['10.0.0.1'] }] },
    ['endpoints[0].addresses'],
  ],
  ['a slice of no type', of('discovery.k8s.io', 'endpointslices'), { endpoints: [] }, ['addressType']],
  [
    'a Node with features out of order',
    core('nodes'),
    { status: { declaredFeatures: ['B', 'A', 'A'] } },
    ['status.declaredFeatures[1]', 'status.declaredFeatures[2]'],
  ],
  [
    'a Node that avoids pods in no JSON',
    core('nodes'),
    { metadata: { name: 'a', annotations: { 'scheduler.alpha.kubernetes.io/preferAvoidPods': 'x' } } },
    ['metadata.annotations.AvoidPods'],
  ],
  ['a Node with a bad range', core('nodes'), { spec: { podCIDR: '10.0.0.1/24' } }, ['spec.podCIDRs[0]']],
  [
    'a Node with a taint twice',
    core('nodes'),
    {
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    },
    ['metadata.taints[1]'],
  ],
  [
    'an Event of another namespace',
    core('events'),
    { involvedObject: { kind: 'Pod', namespace: 'other' } },
    ['involvedObject.namespace'],
  ],
  [
    'an Event with a time but no reporter',
    core('events'),
    {
      involvedObject: { namespace: 'default' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      action: 'A',
      reason: 'R',
      reportingInstance: 'i',
    },
    ['reportingComponent', 'reportingComponent', 'reportingComponent'],
  ],
  [
    'a Lease of no duration',
    of('coordination.k8s.io', 'leases'),
    { spec: { leaseDurationSeconds: 0 } },
    ['spec.leaseDurationSeconds'],
  ],
  ['a priority above the highest', of('scheduling.k8s.io', 'priorityclasses'), { value: 1_000_000_001 }, ['value']],
  ['a rule without verbs', rbac('roles'), { rules: [{ apiGroups: [''], resources: ['pods'] }] }, ['rules[0].verbs']],
  [
    'a namespaced rule on a URL',
    rbac('roles'),
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] },
    ['rules[0].nonResourceURLs'],
  ],
  ['a URL rule for the cluster', rbac('clusterroles'), { rules: [{ verbs: ['get'], nonResourceURLs: ['x'] }] }, []],
  [
    'a binding of nobody known',
    rbac('rolebindings'),
    { roleRef, subjects: [{ kind: 'Robot', name: 'x' }] },
    ['subjects[0].kind'],
  ],
  [
    'a service account without namespace',
    rbac('clusterrolebindings'),
    { roleRef: { ...roleRef, kind: 'ClusterRole' }, subjects: [{ kind: 'ServiceAccount', name: 'x' }] },
    ['subjects[0].namespace'],
  ],
  ['a Deployment', of('apps', 'deployments'), { spec: { selector: { matchLabels: { app: 'a' } }, template } }, []],
  [
    'a Deployment that does not match its pods',
    of('apps', 'deployments'),
    { spec: { selector: { matchLabels: { app: 'b' } }, template } },
    ['spec.template.metadata.labels'],
  ],
  [
    'a Deployment without selector',
    of('apps', 'deployments'),
    { spec: { template } },
    ['spec.selector', 'spec.template.metadata.labels'],
  ],
  [
    'a Deployment whose selector cannot be read',
    of('apps', 'deployments'),
    { spec: { selector: { matchLabels: { 'a b': 'c' } }, template } },
    ['spec.selector.matchLabels', 'spec.selector'],
  ],
  [
    'a template with labels that are none',
    of('apps', 'deployments'),
    { spec: { selector: {}, template: { ...template, metadata: { labels: { 'a b': '' } } } } },
    ['spec.selector', 'spec.template.labels'],
  ],
  [
    'a rolling update that can do nothing',
    of('apps', 'deployments'),
    {
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template,
        strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      },
    },
    ['spec.strategy.rollingUpdate.maxUnavailable'],
  ],
  [
    'a deadline not above minReadySeconds',
    of('apps', 'deployments'),
    { spec: { selector: { matchLabels: { app: 'a' } }, template, minReadySeconds: 600 } },
    ['spec.progressDeadlineSeconds'],
  ],
  [
    'a ReplicaSet of fewer than none',
    of('apps', 'replicasets'),
    { spec: { replicas: -1, selector: { matchLabels: { app: 'a' } }, template } },
    ['spec.replicas'],
  ],
  [
    'a template with profiles that are none',
    core('podtemplates'),
    {
      template: {
        ...template,
        metadata: {
          annotations: {
            'seccomp.security.alpha.kubernetes.io/pod': 'x',
            'container.apparmor.security.beta.kubernetes.io/none': 'localhost/x',
          },
        },
      },
    },
    [
      'template.annotations.seccomp.security.alpha.kubernetes.io/pod',
      'template.annotations[container.apparmor.security.beta.kubernetes.io/none]',
    ],
  ],
  ['a revision without data', of('apps', 'controllerrevisions'), { revision: 1 }, ['data']],
];

describe('create', () => {
  test.each(created)('%s', (_, resource, fields, expected) =>
    expect(resource.validate?.(objectOf(resource, fields), FieldPath.root, rules).map(({ field }) => field)).toEqual(
      expected,
    ),
  );
});

const updated: [string, AnyResource, object, object, string[]][] = [
  [
    'data of an immutable ConfigMap',
    core('configmaps'),
    { data: { a: '1' }, immutable: true },
    { data: { a: '2' }, immutable: true },
    ['data'],
  ],
  ['thawing an immutable ConfigMap', core('configmaps'), { immutable: true }, {}, ['immutable']],
  ['the type of a Secret', core('secrets'), { type: 'a/b' }, { type: 'a/c' }, ['type']],
  ['the role of a binding', rbac('rolebindings'), { roleRef }, { roleRef: { ...roleRef, name: 'other' } }, ['roleRef']],
  ['the value of a priority', of('scheduling.k8s.io', 'priorityclasses'), { value: 1 }, { value: 2 }, ['value']],
  [
    'the selector of a Deployment',
    of('apps', 'deployments'),
    { spec: { selector: { matchLabels: { app: 'a' } }, template } },
    { spec: { selector: { matchLabels: { app: 'b' } }, template } },
    ['spec.selector'],
  ],
  [
    'the family of a slice',
    of('discovery.k8s.io', 'endpointslices'),
    { addressType: 'IPv4' },
    { addressType: 'IPv6' },
    ['addressType'],
  ],
  [
    'the pod range of a Node',
    core('nodes'),
    { spec: { podCIDR: '10.0.0.0/24' } },
    { spec: { podCIDR: '10.0.1.0/24' } },
    ['spec.podCIDRs'],
  ],
  ['the first pod range of a Node', core('nodes'), {}, { spec: { podCIDR: '10.0.1.0/24' } }, []],
];

describe('update', () => {
  test.each(updated)('%s', (_, resource, before, after, expected) =>
    expect(
      resource
        .validateUpdate?.(objectOf(resource, after), objectOf(resource, before), FieldPath.root, rules)
        .map(({ field }) => field),
    ).toEqual(expected),
  );
});

describe('defaults', () => {
  it('makes data of the text in a Secret, which wins', () =>
    expect(objectOf(core('secrets'), { data: { a: base64('old') }, stringData: { a: 'new' } })).toMatchObject({
      type: 'Opaque',
      data: { a: base64('new') },
    }));
  it('labels a namespace with its name', () =>
    expect(objectOf(core('namespaces'), {}).metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'n' }));
  it('rolls a Deployment by quarters', () =>
    expect(objectOf(of('apps', 'deployments'), { spec: { selector: {}, template } })['spec']).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    }));
  it('puts users into the RBAC group', () =>
    expect(
      objectOf(rbac('rolebindings'), {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [{ kind: 'User', name: 'jo' }],
      }),
    ).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }],
    }));
});
