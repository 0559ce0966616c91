import { nodesPassed } from './range-nodes.js';

/** As `history_node` finds it: the number of the range with the most trailing zeros. */
const nodeOf = (from: bigint, to: bigint): bigint => {
  let node = from;
  for (let at = from; at < to; at++) if (trailingZeros(at) > trailingZeros(node)) node = at;
  return node;
};
const trailingZeros = (n: bigint): number => /0*$/.exec(n.toString(2))![0].length;

test('a search finds every range that contains a revision, and no other', () => {
  for (let revision = 1n; revision < 40n; revision++) {
    const { before, behind } = nodesPassed(revision);
    for (let from = 1n; from < 40n; from++)
      for (let to = from + 1n; to <= 40n; to++) {
        const node = nodeOf(from, to);
        const found = (before.includes(node) && to > revision) || (behind.includes(node) && from <= revision);
        expect(`${from}..${to} at ${revision}: ${found}`).toBe(
          `${from}..${to} at ${revision}: ${from <= revision && revision < to}`,
        );
      }
  }
});

test('a search passes one node a level', () => {
  const { before, behind } = nodesPassed(1_000_000n);
  expect(before.length + behind.length).toBe(63);
  expect(new Set([...before, ...behind]).size).toBe(63);
  expect(behind).toContain(2n ** 62n);
});
