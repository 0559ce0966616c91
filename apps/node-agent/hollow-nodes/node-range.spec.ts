import { addressAfter, nodeNames, rangeAfter } from './node-range.js';

test.each([
  ['node-1', ['node-1']],
  ['node-1..node-3', ['node-1', 'node-2', 'node-3']],
  ['node-9..11', ['node-9', 'node-10', 'node-11']],
  ['a1b2..a1b3, x', ['a1b2', 'a1b3', 'x']],
])('%s', (text, names) => expect(nodeNames(text)).toEqual(names));

test.each(['', 'node-2..node-1', 'node-1..other-3', 'node..node-3', 'node-1..'])('%j is refused', (text) =>
  expect(() => nodeNames(text)).toThrow('node-1..node-500'),
);

test.each([
  ['127.64.0.1', 0, '127.64.0.1'],
  ['127.64.0.1', 300, '127.64.1.45'],
])('the address %s + %d is %s', (first, i, address) => expect(addressAfter(first, i)).toBe(address));

test.each([
  ['100.64.0.0/24', 0, '100.64.0.0/24'],
  ['100.64.0.0/24', 4_999, '100.83.135.0/24'],
])('the range %s + %d is %s', (first, i, range) => expect(rangeAfter(first, i)).toBe(range));
