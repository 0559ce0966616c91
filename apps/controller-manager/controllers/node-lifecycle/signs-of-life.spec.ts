import { SignsOfLife } from './signs-of-life.js';

/** What a node hears, at which second: `a` and `b` are nodes that speak, `+` is news of somebody else. */
function silenceOf(node: string, heard: readonly (readonly [number, string])[]): number {
  const signs = new SignsOfLife();
  for (const [second, who] of heard) {
    signs.news(second * 1000);
    if (who !== '+') signs.heardOf(who);
  }
  return signs.silenceMs(node) / 1000;
}
const everyTwoSeconds = (from: number, to: number): [number, string][] =>
  Array.from({ length: (to - from) / 2 + 1 }, (_, i) => [from + 2 * i, '+']);

test.each<[string, [number, string][], number]>([
  ['is counted while others are heard', [[0, 'a'], ...everyTwoSeconds(2, 60)], 60],
  ['ends with its next sign of life', [[0, 'a'], ...everyTwoSeconds(2, 58), [60, 'a']], 0],
  ['is none of a node that is asked for first', everyTwoSeconds(0, 60), 0],
  [
    'does not grow while nobody is heard',
    [
      [0, 'a'],
      [2, '+'],
      [600, '+'],
    ],
    7,
  ],
  [
    'is short after a pause that the news were waiting for',
    [
      [0, 'a'],
      [600, 'b'],
      [600, 'b'],
    ],
    5,
  ],
  [
    'does not run backwards',
    [
      [10, 'a'],
      [5, '+'],
    ],
    0,
  ],
])('the silence of a node %s', (_, heard, seconds) => expect(silenceOf('a', heard)).toBe(seconds));

it('is forgotten when everybody was silent', () => {
  const signs = new SignsOfLife();
  signs.news(0);
  signs.heardOf('a');
  for (const [second] of everyTwoSeconds(2, 60)) signs.news(second * 1000);
  signs.startAfresh();
  expect(signs.silenceMs('a')).toBe(0);
});
