import { differingLines } from './differing-lines.js';

test.each<[string, unknown, unknown, string[]]>([
  ['the same', { a: [1] }, { a: [1] }, []],
  ['another value', { a: { b: 2 } }, { a: { b: 1 } }, ['a.b: 1 → 2']],
  ['one more, one less', { a: ['x', 'y'] }, { a: ['x'], c: 1 }, ['a.1: <unset> → "y"', 'c: 1 → <unset>']],
  ['another form', { a: [1] }, { a: { 0: 1 } }, ['a: {"0":1} → [1]']],
])('%s', (_, next, current, lines) => expect(differingLines(next, current)).toEqual(lines));
