import { EvictionTurns } from './eviction-turns.js';

/** Who asks at which second, at which rate, and what he is told in seconds. */
type Asked = readonly [second: number, node: string, perSecond: number, answer: number];

test.each<[string, Asked[]]>([
  ['the first does not wait', [[0, 'a', 0.1, 0]]],
  [
    'the second waits for its turn',
    [
      [0, 'a', 0.1, 0],
      [0, 'b', 0.1, 10],
      [9, 'b', 0.1, 1],
      [10, 'b', 0.1, 0],
    ],
  ],
  [
    'the third waits for two turns',
    [
      [0, 'a', 1, 0],
      [0, 'b', 1, 1],
      [0, 'c', 1, 2],
    ],
  ],
  [
    'who asks again keeps his place',
    [
      [0, 'a', 1, 0],
      [0, 'b', 1, 1],
      [0, 'c', 1, 2],
      [0, 'b', 1, 1],
      [2, 'b', 1, 0],
      [2, 'c', 1, 1],
    ],
  ],
  [
    'nobody has a turn at a rate of 0',
    [
      [0, 'a', 0, 10],
      [99, 'a', 0, 10],
      [100, 'a', 0.1, 0],
    ],
  ],
  [
    'nobody waits long without asking again, for the rate may change',
    [
      [0, 'a', 0.01, 0],
      [0, 'b', 0.01, 10],
    ],
  ],
  [
    'turns that nobody took are lost',
    [
      [0, 'a', 1, 0],
      [60, 'b', 1, 0],
      [60, 'c', 1, 1],
    ],
  ],
])('%s', (_, asked) => {
  const turns = new EvictionTurns();
  expect(asked.map(([second, node, rate]) => turns.take('zone', node, rate, second * 1000) / 1000)).toEqual(
    asked.map(([, , , answer]) => answer),
  );
});

test('zones do not wait for each other, nor anybody for a node that is back', () => {
  const turns = new EvictionTurns();
  const take = (zone: string, node: string): number => turns.take(zone, node, 1, 0);
  expect([take('x', 'a'), take('y', 'b'), take('x', 'c'), take('x', 'd')]).toEqual([0, 0, 1000, 2000]);
  turns.leave('c');
  expect(take('x', 'd')).toBe(1000);
});
