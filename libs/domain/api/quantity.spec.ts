import fc from 'fast-check';
import { deepEqual } from './deep-equal.js';
import { percentOf, scaledValue } from './int-or-string.js';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  milliUnitsOf,
  parseQuantity,
  printQuantity,
  quantityOf,
  roundedToMilli,
  unitsOf,
} from './quantity.js';

describe('quantities', () => {
  const canonical: [text: string | number, printed: string][] = [
    ['0', '0'],
    ['0Ki', '0'],
    ['100m', '100m'],
    ['0.1', '100m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['1Ki', '1Ki'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['1E', '1E'],
    ['12e6', '12e6'],
    ['-5', '-5'],
    ['.5', '500m'],
    ['5.', '5'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['+2', '2'],
    [2, '2'],
    [0.5, '500m'],
  ];
  test.each(canonical)('%s is %s', (text, printed) => expect(canonicalQuantity(text)).toBe(printed));

  it.each(['', 'x', '1x', '1 ', '1Kii', '--1', '.', 'Ki'])('refuses %j', (text) =>
    expect(parseQuantity(text)).toBeUndefined(),
  );

  it('adds, compares and rounds up', () => {
    expect(printQuantity(addQuantities(quantityOf('1Gi'), quantityOf('512Mi')))).toBe('1536Mi');
    expect(printQuantity(addQuantities(quantityOf('0'), quantityOf('1Ki')))).toBe('1Ki');
    expect(compareQuantities(quantityOf('1'), quantityOf('1000m'))).toBe(0);
    expect(unitsOf(quantityOf('1500m'))).toBe(2n);
    expect(milliUnitsOf(quantityOf('1n'))).toBe(1n);
  });

  it('prints what parses to the same value (property)', () => {
    const text = fc
      .tuple(fc.nat(1_000_000), fc.nat(999), fc.constantFrom('', 'm', 'k', 'Ki', 'Mi', 'Gi', 'e3', 'M'))
      .map(([whole, part, suffix]) => `${whole}.${part}${suffix}`);
    fc.assert(
      fc.property(text, (given) => expect(quantityOf(canonicalQuantity(given)).nano).toBe(quantityOf(given).nano)),
    );
  });
});

describe('IntOrString', () => {
  it('scales percentages and leaves counts', () => {
    expect(percentOf('25%')).toBe(25);
    expect(percentOf('x')).toBeUndefined();
    expect(scaledValue(3, 10, 'up')).toBe(3);
    expect(scaledValue('25%', 10, 'up')).toBe(3);
    expect(scaledValue('25%', 10, 'down')).toBe(2);
    expect(scaledValue('x', 10, 'down')).toBeUndefined();
  });
});

describe('deepEqual', () => {
  const cases: [unknown, unknown, boolean][] = [
    [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, true],
    [{ a: undefined }, {}, true],
    [{}, { a: undefined, b: null }, false],
    [[1], { 0: 1 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [null, undefined, false],
    [{}, { toString: 1 }, false],
  ];
  test.each(cases)('%j and %j: %s', (a, b, equal) => expect(deepEqual(a, b)).toBe(equal));
});

test.each([
  ['12E6', '12E6'],
  ['12e6', '12e6'],
  ['1000000E3', '1e9'],
  ['0E3', '0'],
])('%s is kept as %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));

test('resources are rounded up to thousandths, and otherwise left as they are', () =>
  expect(roundedToMilli({ cpu: '100u', memory: '1Gi', x: '12E6' })).toEqual({ cpu: '1m', memory: '1Gi', x: '12E6' }));
