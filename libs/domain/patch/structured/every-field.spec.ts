import fc from 'fast-check';
import type { SchemaNode } from '../../schema/schema-node.js';
import { typeNode } from '../../schema/type-node.js';
import { changedFields, compareStates } from './compare.js';
import { everyField, fieldsBeyond } from './every-field.js';
import { canonical, emptySet, equalSets } from './field-set.js';

const scalars = { integer: [0, 7], number: [0, 1.5], boolean: [false, true], intOrString: [0, 80, 'http'] };

/** Any value of a place: blank ones, unknown fields and items that share an address included. */
function valueOf(schema: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  const below = (node: SchemaNode | undefined): fc.Arbitrary<unknown> =>
    node && depth > 0 ? valueOf(node, depth - 1) : fc.constantFrom<unknown>('a', 'b');
  switch (schema.shape) {
    case 'scalar':
      return fc.constantFrom<unknown>(...(scalars[schema.scalar as keyof typeof scalars] ?? ['', 'a', 'b']));
    case 'list':
      return depth > 0 ? fc.array(below(schema.items), { maxLength: 3 }) : fc.constant([]);
    case 'map':
      return fc.dictionary(fc.constantFrom('z', 'a', 'k/b'), below(schema.items), { maxKeys: 3 });
    case 'any':
      return fc.constantFrom<unknown>({}, { a: [1] }, 'x');
    default:
      return fc
        .shuffledSubarray([...schema.fieldNames, 'unknown'], {
          maxLength: depth > 0 ? Math.min(6, schema.fieldNames.length) : 0,
        })
        .chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), below(schema.field(name))))))
        .map((entries) => Object.fromEntries(entries));
  }
}

const types = [
  'io.k8s.api.core.v1.Pod',
  'io.k8s.api.core.v1.Service',
  'io.k8s.api.core.v1.ConfigMap',
  'io.k8s.api.apps.v1.Deployment',
  'io.k8s.api.rbac.v1.ClusterRole',
];

describe.each(types)('fields of a new %s', (type) => {
  const schema = typeNode(type);
  const before = { metadata: {} };

  it('are those that a comparison with nothing finds', () => {
    fc.assert(
      fc.property(valueOf(schema, 6), (object) => {
        const found = fieldsBeyond(schema, before, object) ?? emptySet;
        expect(equalSets(found, changedFields(compareStates(schema, before, object)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

it('a value of no schema is owned with all its keys, nulls included', () => {
  const object = { metadata: {}, spec: { b: { c: 1 }, a: [1] }, nothing: null };
  const found = fieldsBeyond(undefined, { metadata: {} }, object) ?? emptySet;
  const compared = changedFields(compareStates(undefined, { metadata: {} }, object));
  expect(canonical(found)).toEqual({ ...canonical(compared), 'f:metadata': {} });
});

it('fields and items are in the order in which they are stored', () => {
  const ports = [
    { containerPort: 90, protocol: 'TCP' },
    { containerPort: 80, protocol: 'TCP' },
  ];
  const set = everyField(typeNode('io.k8s.api.core.v1.Container'), { name: 'n', image: 'i', ports });
  expect(JSON.stringify(set)).toBe(JSON.stringify(canonical(set)));
  expect(Object.keys(set)).toEqual(['.', 'f:image', 'f:name', 'f:ports', 'f:resources']);
});
