import { kindType, servedResources, typeFacts, typeNames } from './api-facts.js';
import { applySchemaDefaults } from './schema-defaults.js';
import type { SchemaNode } from './schema-node.js';
import { kindNode, typeNode } from './type-node.js';

const at = (type: string, ...path: string[]): SchemaNode => {
  const found = path.reduce<SchemaNode | undefined>(
    (node, name) => (name === '[]' ? node?.items : node?.field(name)),
    typeNode(type),
  );
  if (!found) throw new Error(`${type} has no ${path.join('.')}`);
  return found;
};
const pod = 'io.k8s.api.core.v1.Pod';

describe('the schema of a built-in kind', () => {
  const cases: [string, SchemaNode, Partial<SchemaNode>][] = [
    [
      'a list that merges by key',
      at(pod, 'spec', 'containers'),
      { shape: 'list', patchStrategies: ['merge'], patchMergeKey: 'name', listType: 'map', listMapKeys: ['name'] },
    ],
    [
      'a list with two keys',
      at(pod, 'spec', 'containers', '[]', 'ports'),
      { listMapKeys: ['containerPort', 'protocol'], patchMergeKey: 'containerPort' },
    ],
    [
      'a key with a default',
      at(pod, 'spec', 'containers', '[]', 'ports', '[]', 'protocol'),
      { defaultValue: 'TCP', enumValues: ['SCTP', 'TCP', 'UDP'] },
    ],
    ['an atomic list', at(pod, 'spec', 'containers', '[]', 'command'), { shape: 'list', listType: 'atomic' }],
    ['a set', at(pod, 'metadata', 'finalizers'), { listType: 'set' }],
    ['an atomic type', at('io.k8s.api.apps.v1.Deployment', 'spec', 'selector'), { shape: 'object', mapType: 'atomic' }],
    ['retained keys', at('io.k8s.api.apps.v1.Deployment', 'spec', 'strategy'), { patchStrategies: ['retainKeys'] }],
    ['a map of quantities', at(pod, 'spec', 'overhead', 'cpu'), { shape: 'scalar', scalar: 'quantity' }],
    ['free JSON', at('io.k8s.api.apps.v1.ControllerRevision', 'data'), { shape: 'any', preservesUnknownFields: true }],
    [
      'a field of an embedded struct',
      at(pod, 'spec', 'volumes', '[]', 'hostPath', 'path'),
      { shape: 'scalar', scalar: 'string' },
    ],
  ];
  test.each(cases)('%s', (_, node, expected) => {
    for (const [name, value] of Object.entries(expected))
      expect([name, node[name as keyof SchemaNode]]).toEqual([name, value]);
  });

  it('knows no field that the type does not declare', () => expect(typeNode(pod).field('specs')).toBeUndefined());
  it('knows which fields are required', () =>
    expect(['name', 'image'].map((name) => typeNode('io.k8s.api.core.v1.Container').isRequired(name))).toEqual([
      true,
      false,
    ]));
  it('can be walked through a type that contains itself', () =>
    expect(
      at(
        'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
        'properties',
        'x',
        'properties',
        'y',
      ).shape,
    ).toBe('object'));
});

it('reads every type of the table', () => {
  for (const name of typeNames()) expect(typeFacts(name).fields.size).toBeGreaterThanOrEqual(0);
});

it('finds the type of every kind by its name', () =>
  expect(
    servedResources.filter((r) => kindType(r.kindGroup ?? r.group, r.kindVersion ?? r.version, r.kind) !== r.type),
  ).toEqual([]));

describe('constant defaults', () => {
  const cases: [string, string, unknown, unknown][] = [
    [
      'nested in lists',
      pod,
      { spec: { containers: [{ ports: [{ containerPort: 1 }] }] } },
      { spec: { containers: [{ ports: [{ containerPort: 1, protocol: 'TCP' }] }] } },
    ],
    ['instead of an empty text', 'io.k8s.api.core.v1.ServicePort', { protocol: '' }, { protocol: 'TCP' }],
    ['never over what is there', 'io.k8s.api.core.v1.ServicePort', { protocol: 'UDP' }, { protocol: 'UDP' }],
    ['empty, where Go tells empty from absent', 'io.k8s.api.core.v1.GRPCAction', { port: 1 }, { port: 1, service: '' }],
    ['not empty, where Go does not', 'io.k8s.api.core.v1.LocalObjectReference', {}, {}],
    ['not into what is absent', pod, { spec: {} }, { spec: {} }],
  ];
  test.each(cases)('%s', (_, type, value, expected) => {
    applySchemaDefaults(value, typeNode(type));
    expect(value).toEqual(expected);
  });
});

it('has no schema for a kind that is not built in', () =>
  expect(kindNode({ group: 'example.com', version: 'v1', kind: 'Thing' })).toBeUndefined());
