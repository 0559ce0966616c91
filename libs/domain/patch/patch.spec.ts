import { StatusError } from '../api/status-error.js';
import { applyJsonPatch } from './json-patch.js';
import { applyMergePatch } from './merge-patch.js';
import { applyStrategicMergePatch } from './strategic-merge-patch.js';
import { deploymentSchema } from './fixtures/schemas.js';

const codeOf = (act: () => unknown): number | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError) return error.code;
    throw error;
  }
  return undefined;
};

const document = { data: { x: '1', 'a/b': '2' }, list: ['a', 'b'] };

describe('JSON patch', () => {
  const cases: [name: string, patch: unknown, expected: unknown][] = [
    ['adds a key', [{ op: 'add', path: '/data/y', value: '2' }], { ...document, data: { ...document.data, y: '2' } }],
    ['adds null where no value is given', [{ op: 'add', path: '/n' }], { ...document, n: null }],
    ['inserts into a list', [{ op: 'add', path: '/list/1', value: 'x' }], { ...document, list: ['a', 'x', 'b'] }],
    ['appends to a list', [{ op: 'add', path: '/list/-', value: 'x' }], { ...document, list: ['a', 'b', 'x'] }],
    [
      'counts negative indices from the end',
      [{ op: 'replace', path: '/list/-1', value: 'x' }],
      { ...document, list: ['a', 'x'] },
    ],
    ['removes by escaped key', [{ op: 'remove', path: '/data/a~1b' }], { ...document, data: { x: '1' } }],
    ['replaces a missing key', [{ op: 'replace', path: '/new', value: 1 }], { ...document, new: 1 }],
    ['ignores what stands before the first slash', [{ op: 'add', path: 'x/new', value: 1 }], { ...document, new: 1 }],
    ['moves', [{ op: 'move', from: '/data/x', path: '/y' }], { data: { 'a/b': '2' }, list: ['a', 'b'], y: '1' }],
    ['copies', [{ op: 'copy', from: '/list', path: '/y' }], { ...document, y: ['a', 'b'] }],
    [
      'goes on after a test that holds',
      [
        { op: 'test', path: '/data/x', value: '1' },
        { op: 'add', path: '/y', value: 1 },
      ],
      { ...document, y: 1 },
    ],
    ['tests an absent key against null', [{ op: 'test', path: '/none', value: null }], document],
    [
      'treats __proto__ as data',
      [{ op: 'add', path: '/data/__proto__', value: '1' }],
      JSON.parse('{"data":{"x":"1","a/b":"2","__proto__":"1"},"list":["a","b"]}'),
    ],
  ];
  test.each(cases)('%s', (_, patch, expected) => {
    const before = structuredClone(document);
    expect(applyJsonPatch(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });

  const failures: [name: string, patch: unknown, code: number][] = [
    ['a test that does not hold', [{ op: 'test', path: '/data/x', value: '2' }], 422],
    ['removing a missing key', [{ op: 'remove', path: '/data/zz' }], 422],
    ['a missing parent', [{ op: 'add', path: '/nope/x', value: 1 }], 422],
    ['an unknown operation', [{ op: 'foo', path: '/a' }], 422],
    ['an index beyond the end', [{ op: 'add', path: '/list/9', value: 1 }], 422],
    ['an index that is none', [{ op: 'replace', path: '/list/x', value: 1 }], 422],
    ['a patch that is no list', { op: 'add' }, 400],
    ['more than 10,000 operations', Array.from({ length: 10_001 }, () => ({ op: 'add', path: '/a', value: 1 })), 413],
  ];
  test.each(failures)('refuses %s', (_, patch, code) =>
    expect(codeOf(() => applyJsonPatch(document, patch))).toBe(code),
  );
});

describe('merge patch', () => {
  // The examples of RFC 7386, appendix A, that have an object as patch.
  const cases: [unknown, unknown, unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  test.each(cases)('%j + %j', (given, patch, expected) => expect(applyMergePatch(given, patch)).toEqual(expected));
  it('refuses a patch that is no object', () => expect(codeOf(() => applyMergePatch({}, []))).toBe(400));
});

const withContainers = (...containers: unknown[]): unknown => ({ spec: { template: { spec: { containers } } } });
const a = { name: 'a', image: 'one', args: ['x'] };
const b = { name: 'b', image: 'two' };
const podPatch = (patch: unknown): unknown => ({ spec: { template: { spec: patch } } });

describe('strategic merge patch', () => {
  const cases: [name: string, document: unknown, patch: unknown, expected: unknown][] = [
    [
      'merges items by their key',
      withContainers(a, b),
      podPatch({ containers: [{ name: 'b', image: 'new' }] }),
      withContainers(a, { ...b, image: 'new' }),
    ],
    [
      'replaces lists without a strategy',
      withContainers(a),
      podPatch({ containers: [{ name: 'a', args: ['y'] }] }),
      withContainers({ ...a, args: ['y'] }),
    ],
    [
      'deletes an item by its key',
      withContainers(a, b),
      podPatch({ containers: [{ name: 'a', $patch: 'delete' }] }),
      withContainers(b),
    ],
    [
      'replaces a whole list',
      withContainers(a, b),
      podPatch({ containers: [{ $patch: 'replace' }, { name: 'c' }] }),
      withContainers({ name: 'c' }),
    ],
    [
      'replaces a map',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'replace', b: '2' } } },
      { metadata: { labels: { b: '2' } } },
    ],
    [
      'empties a map',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'delete' } } },
      { metadata: { labels: {} } },
    ],
    [
      'orders as told',
      withContainers(a, b),
      podPatch({ '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }),
      withContainers(b, a),
    ],
    [
      'orders and merges',
      withContainers(a, b),
      podPatch({
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }],
        containers: [{ name: 'c', image: 'x' }],
      }),
      withContainers({ name: 'c', image: 'x' }, b, a),
    ],
    [
      'adds to primitive lists once',
      { metadata: { finalizers: ['a'] } },
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['a', 'b'] } },
    ],
    [
      'deletes from primitive lists',
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      'retains only the listed keys',
      { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
      { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      { spec: { strategy: { type: 'Recreate' } } },
    ],
    [
      'deletes by null, and drops nulls of what is new',
      { spec: { replicas: 1 } },
      { spec: { replicas: null, selector: { matchLabels: { a: null, b: '1' } } } },
      { spec: { selector: { matchLabels: { b: '1' } } } },
    ],
  ];
  test.each(cases)('%s', (_, given, patch, expected) => {
    const before = structuredClone(given);
    expect(applyStrategicMergePatch(deploymentSchema, given, patch)).toEqual(expected);
    expect(given).toEqual(before);
  });

  const given = { spec: { strategy: { type: 'Recreate' }, template: { spec: { containers: [a] } } } };
  const failures: [name: string, patch: unknown, code: number][] = [
    ['an unknown directive', { spec: { $patch: 'foo' } }, 500],
    ['an item without its key', podPatch({ containers: [{ image: 'x' }] }), 500],
    ['a patch that is no object', [], 400],
    [
      'fields that $retainKeys does not list',
      { spec: { strategy: { $retainKeys: ['type'], rollingUpdate: {} } } },
      400,
    ],
    [
      'an order that contradicts the patch',
      podPatch({ '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'z' }] }),
      500,
    ],
  ];
  test.each(failures)('refuses %s', (_, patch, code) =>
    expect(codeOf(() => applyStrategicMergePatch(deploymentSchema, given, patch))).toBe(code),
  );
});
