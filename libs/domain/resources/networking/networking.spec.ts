import { FieldPath } from '../../api/field-path.js';
import type { KubeObject } from '../../api/kube-object.js';
import type { AnyResource } from '../define-resource.js';
import { resourceFor } from '../resources.js';

const context = { now: new Date(0), newUid: () => 'u' };
const kind = (plural: string): AnyResource => {
  const found = resourceFor({ group: 'networking.k8s.io', version: 'v1', plural });
  if (!found) throw new Error(plural);
  return found;
};
const objectOf = (
  plural: string,
  spec: object,
  metadata: object = {},
): KubeObject & { spec: Record<string, unknown> } => {
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'X',
    metadata: { name: 'a', ...metadata },
    spec: structuredClone(spec) as Record<string, unknown>,
  };
  kind(plural).defaults?.(object);
  return object;
};
const problems = (plural: string, object: KubeObject): string[] =>
  [
    ...(kind(plural).validate?.(object, FieldPath.root, context) ?? []),
    ...(kind(plural).validateCreate?.(object, FieldPath.root, context) ?? []),
  ].map(({ field, message }) => `${field}: ${message}`);

describe('an Ingress', () => {
  const service = { service: { name: 's', port: { number: 80 } } };
  const rule = (path: object, host = 'a.example'): object => ({
    rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: service, ...path }] } }],
  });
  const path = 'spec.rules[0].http.paths[0]';
  test.each<[string, object, string[]]>([
    ['with a rule', rule({}), []],
    ['with a wildcard', rule({}, '*.example'), []],
    ['without rules', {}, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    [
      'for an address',
      rule({}, '10.0.0.1'),
      ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ],
    [
      'whose path goes up',
      rule({ path: '/a/../b' }),
      [`${path}.path: Invalid value: "/a/../b": must not contain '/../'`],
    ],
    ['whose path means nothing to us', rule({ path: '/a/../b', pathType: 'ImplementationSpecific' }), []],
    [
      'without a kind of path',
      rule({ pathType: undefined }),
      [`${path}.pathType: Required value: pathType must be specified`],
    ],
    [
      'that leads to two places',
      { defaultBackend: { ...service, resource: { kind: 'K', name: 'n' } } },
      ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
    ],
    [
      'that leads to a Service without a port',
      { defaultBackend: { service: { name: 's' } } },
      ['spec.defaultBackend: Required value: port name or number is required'],
    ],
  ])('%s', (_, spec, expected) => expect(problems('ingresses', objectOf('ingresses', spec))).toEqual(expected));

  test('names one class', () =>
    expect(
      problems(
        'ingresses',
        objectOf(
          'ingresses',
          { ...rule({}), ingressClassName: 'a' },
          { annotations: { 'kubernetes.io/ingress.class': 'b' } },
        ),
      ),
    ).toEqual([
      'annotations.kubernetes.io/ingress.class: Invalid value: "b": must match `ingressClassName` when both are specified',
    ]));

  test.each<[string[], string]>([
    [[], '*'],
    [['a', 'b'], 'a,b'],
    [['a', 'b', 'c', 'd'], 'a,b,c + 1 more...'],
  ])('shows the hosts %p', (hosts, expected) =>
    expect(
      kind('ingresses').columns[2]?.value(
        objectOf('ingresses', { rules: hosts.map((host) => ({ host })) }),
        context.now,
      ),
    ).toBe(expected),
  );
});

const parameters = { kind: 'K', name: 'n' };
test.each<[string, object, string[]]>([
  ['a path below a domain', { controller: 'x.io/c' }, []],
  [
    'no path',
    { controller: 'x.io' },
    ['spec.controller: Invalid value: "x.io": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
  ['parameters of the cluster', { controller: 'x.io/c', parameters }, []],
  [
    'parameters of no namespace',
    { controller: 'x.io/c', parameters: { ...parameters, scope: 'Namespace' } },
    ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
  ],
  [
    'parameters of the cluster and of a namespace',
    { controller: 'x.io/c', parameters: { ...parameters, namespace: 'n' } },
    ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
  ],
])('an IngressClass has %s', (_, spec, expected) =>
  expect(problems('ingressclasses', objectOf('ingressclasses', spec))).toEqual(expected),
);

describe('a NetworkPolicy', () => {
  const ports = (port: object): object => ({ ingress: [{ ports: [port] }] });
  const peer = (from: object): object => ({ ingress: [{ from: [from] }] });
  test.each<[string, object, string[]]>([
    ['of one range of ports', ports({ port: 80, endPort: 90 }), []],
    [
      'of a range that ends before it begins',
      ports({ port: 80, endPort: 70 }),
      ['spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`'],
    ],
    [
      'of a range that begins with a name',
      ports({ port: 'http', endPort: 90 }),
      ['spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric'],
    ],
    ['for nobody', peer({}), ['spec.ingress[0].from[0]: Required value: must specify a peer']],
    [
      'for pods at an address',
      peer({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
      ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
    ],
    ['for a network but a part of it', peer({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }), []],
    [
      'for a network but another one',
      peer({ ipBlock: { cidr: '10.0.0.0/9', except: ['10.128.0.0/16'] } }),
      ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.128.0.0/16": must be a strict subset of `cidr`'],
    ],
  ])('%s', (_, spec, expected) =>
    expect(problems('networkpolicies', objectOf('networkpolicies', spec))).toEqual(expected),
  );

  test.each<[object, string[]]>([
    [{}, ['Ingress']],
    [{ egress: [{}] }, ['Ingress', 'Egress']],
    [{ egress: [{}], policyTypes: ['Egress'] }, ['Egress']],
  ])('%p is about %p', (spec, types) => expect(objectOf('networkpolicies', spec).spec['policyTypes']).toEqual(types));

  test('keeps a range that is no longer written like that', () => {
    const old = objectOf('networkpolicies', peer({ ipBlock: { cidr: '010.0.0.0/8' } }));
    const update = (from: KubeObject): number | undefined =>
      kind('networkpolicies').validateUpdate?.(old, from, FieldPath.root, context).length;
    expect([update(old), update(objectOf('networkpolicies', {}))]).toEqual([0, 1]);
  });
});

describe('an IPAddress', () => {
  const parentRef = { group: '', resource: 'services', namespace: 'ns', name: 'web' };
  test.each<[string, string[]]>([
    ['10.0.0.1', []],
    ['fe80::42:1dff:fe84:f9e2', []],
    ['010.0.0.1', ['must not have leading 0s']],
    ['web', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ])('is named by an address: %s', (name, expected) =>
    expect(kind('ipaddresses').nameFormat?.(name)).toEqual(expected),
  );
  test.each<[string, object, string[]]>([
    ['with a parent', { parentRef }, []],
    ['without one', {}, ['spec.parentRef: Required value']],
    ['whose parent has no name', { parentRef: { ...parentRef, name: '' } }, ['spec.parentRef.name: Required value']],
    [
      'whose parent is named like a path',
      { parentRef: { ...parentRef, namespace: 'a/b' } },
      [`spec.parentRef.namespace: Invalid value: "a/b": may not contain '/'`],
    ],
  ])('%s', (_, spec, expected) => expect(problems('ipaddresses', objectOf('ipaddresses', spec))).toEqual(expected));
  test('keeps its parent', () => {
    const [current, next] = [parentRef, { ...parentRef, name: 'other' }].map((ref) =>
      objectOf('ipaddresses', { parentRef: ref }),
    );
    expect(
      kind('ipaddresses')
        .validateUpdate?.(next, current, FieldPath.root, context)
        .map(({ field }) => field),
    ).toEqual(['spec.parentRef']);
    expect(kind('ipaddresses').validateUpdate?.(current, current, FieldPath.root, context)).toEqual([]);
  });
});
