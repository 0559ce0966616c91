import { serializeObject, withResourceVersion, type AnyResource } from '@shiplog/domain';
import type { CachedObject } from '../watch-cache/cached-object.js';
import { ListItems, pieceBytes } from './list-items.js';

const resource = { kind: 'Pod', group: '', version: 'v1' } as AnyResource;

const pod = (name: string, filling: number): CachedObject => {
  const body = serializeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, filling: 'é'.repeat(filling / 2) });
  const bytes = withResourceVersion(body, 7n);
  return { bytes, size: bytes.length } as CachedObject;
};

const podsOf = (count: number, filling: number): CachedObject[] =>
  Array.from({ length: count }, (_, i) => pod(`p-${i}`, filling));

const copies = ({ parts }: ListItems): Buffer[] => Array.from(parts, (part) => Buffer.from(part));
const untouched = { of: resource, replaced: () => 0 };

describe('the items of a list', () => {
  test.each<[string, CachedObject[]]>([
    ['none', []],
    ['one', podsOf(1, 10)],
    ['some', podsOf(3, 100)],
    ['many pieces of them', podsOf(900, 3_000)],
    ['ones as large as a piece', podsOf(3, pieceBytes - 200)],
    ['ones larger than a piece among small ones', [pod('a', 10), pod('b', 3 * pieceBytes), pod('c', 10), pod('d', 10)]],
    [
      'all sizes around that of a piece',
      Array.from({ length: 120 }, (_, i) => pod(`p-${i}`, pieceBytes - 180 + 2 * i)),
    ],
  ])('%s: are the same in parts as laid out, as long as they say, and JSON', (_, objects) => {
    const items = new ListItems(resource, objects, untouched);
    const inParts = Buffer.concat(copies(items));
    items.layOut();
    expect(Buffer.concat(copies(items)).equals(inParts)).toBe(true);
    expect(inParts.length).toBe(items.length);
    const parsed = JSON.parse(`{"items":[${inParts.toString()}`) as { items: { metadata: unknown }[] };
    expect(parsed.items.map(({ metadata }) => metadata)).toEqual(
      objects.map(({ bytes }) => (JSON.parse(bytes.toString()) as { metadata: unknown }).metadata),
    );
    expect(parsed.items.every((item) => !('kind' in item))).toBe(true);
  });

  test('are whole for a client that was about to take them when they were laid out', () => {
    const items = new ListItems(resource, podsOf(5, 100), untouched);
    const { parts } = items;
    items.layOut();
    expect(Array.from(parts).reduce((sum, { length }) => sum + length, 0)).toBe(items.length);
  });

  test('take the memory of one piece for each client, however many they are', () => {
    const items = new ListItems(resource, podsOf(900, 3_000), untouched);
    const memories = new Set(Array.from(items.parts, ({ buffer }) => buffer));
    expect(items.length).toBeGreaterThan(10 * pieceBytes);
    expect([...memories].map(({ byteLength }) => byteLength)).toEqual([pieceBytes]);
  });

  test('are one copy for all clients once they are laid out', () => {
    const items = new ListItems(resource, podsOf(900, 3_000), untouched);
    items.layOut();
    const [one, two] = [[...items.parts], [...items.parts]];
    expect(one.length).toBeGreaterThan(10);
    expect(one.every((part, i) => part === two[i])).toBe(true);
    expect(items.held).toMatchObject({ bytes: items.length });
  });

  test('keep what was replaced since they were taken', () => {
    let replaced = 0;
    const { held } = new ListItems(resource, podsOf(3, 10), { of: resource, replaced: () => replaced });
    expect([held.of, held.bytes]).toEqual([resource, 0]);
    replaced = 17;
    expect(held.bytes).toBe(17);
  });
});
