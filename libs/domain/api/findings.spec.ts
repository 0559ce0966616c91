import { all, each, eachEntry } from './findings.js';

const odd = (value: number): string[] => (value % 2 === 1 ? [`${value} is odd`, 'odd'] : []);

test.each([
  [[], [], []],
  [['a'], [], ['a']],
  [[], ['b'], ['b']],
  [['a'], ['b', 'c'], ['a', 'b', 'c']],
])('all of %j and %j is %j', (a, b, expected) => expect(all(a, b)).toEqual(expected));

test('what is put together changes none of its parts', () => {
  const parts = [['a'], ['b']];
  all(...parts);
  expect(parts).toEqual([['a'], ['b']]);
});

test.each([
  [undefined, []],
  [[2, 4], []],
  [
    [1, 2, 3],
    ['1 is odd', 'odd', '3 is odd', 'odd'],
  ],
])('each of %j finds %j', (items, expected) => {
  expect(each(items, odd)).toEqual(expected);
  const map = items && Object.fromEntries(items.map((item) => [`k${item}`, item]));
  expect(eachEntry(map, (_key, value) => odd(value))).toEqual(expected);
});

test('a rule knows the place of what it looks at', () => {
  expect(each(['x', 'y'], (item, i) => [`${i}${item}`])).toEqual(['0x', '1y']);
  expect(eachEntry({ a: 'x', b: 'y' }, (key, value) => [`${key}${value}`])).toEqual(['ax', 'by']);
});

test('nobody can add to the nothing that all share', () => {
  expect(() => all<string>().push('a')).toThrow(TypeError);
});
