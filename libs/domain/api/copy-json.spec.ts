import { copyJson } from './copy-json.js';

const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('12345678901234567890');

describe('copyJson', () => {
  test.each<[string, unknown]>([
    ['scalars', ['a', 1, true, null]],
    ['nested objects and lists', { a: [{ b: { c: [] } }], d: {} }],
    ['long integers', { a: 12345678901234567890n, b: raw }],
    ['a key that is named as the prototype', JSON.parse('{"__proto__":{"a":1}}')],
  ])('copies %s', (_, value) => {
    const copy = copyJson(value);
    expect(copy).toEqual(value);
    expect(Object.keys(copy as object)).toEqual(Object.keys(value as object));
  });

  it('shares nothing that can be changed', () => {
    const original = { a: { b: [{ c: 1 }] } };
    const copy = copyJson(original);
    copy.a.b[0]!.c = 2;
    copy.a.b.push({ c: 3 });
    expect(original).toEqual({ a: { b: [{ c: 1 }] } });
  });

  it('leaves the prototype of its copies alone', () => {
    expect(Object.getPrototypeOf(copyJson(JSON.parse('{"__proto__":{"a":1}}')))).toBe(Object.prototype);
  });
});
