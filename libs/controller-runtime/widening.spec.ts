import { widening, type Width } from './widening.js';

/** Each round ends all that is under way. How many were under way in each, and what came out. */
async function roundsOf(count: number, width: Width, fails: (item: number) => boolean = () => false) {
  const rounds: number[] = [];
  let underWay: (() => void)[] = [];
  const act = (item: number): Promise<string | undefined> =>
    new Promise((resolve) => underWay.push(() => resolve(fails(item) ? `no ${item}` : undefined)));
  let outcome: string | undefined | 'waiting' = 'waiting';
  const items = Array.from({ length: count }, (_, i) => i);
  void widening(items, act, width).then((fault) => (outcome = fault));
  for (; underWay.length > 0; await new Promise(setImmediate)) {
    rounds.push(underWay.length);
    const ending = underWay;
    underWay = [];
    for (const end of ending) end();
  }
  await new Promise(setImmediate);
  return { rounds, outcome };
}

const slow = { first: 1, most: 10 };

test.each<[string, number, Width, ((item: number) => boolean) | undefined, number[], string | undefined]>([
  ['doubles while all goes well', 40, slow, undefined, [1, 2, 4, 8, 10, 10, 5], undefined],
  ['begins as wide as it is told', 25, { first: 10, most: 10 }, undefined, [10, 10, 5], undefined],
  ['begins nothing more after a fault', 40, slow, (item) => item === 1, [1, 2], 'no 1'],
  ['meets a common fault once', 40, slow, () => true, [1], 'no 0'],
  ['has nothing to do', 0, slow, undefined, [], undefined],
])('%s', async (_, count, width, fails, rounds, fault) =>
  expect(await roundsOf(count, width, fails)).toEqual({ rounds, outcome: fault }),
);

it('does not wait for the slowest before it goes on', async () => {
  const done: number[] = [];
  const act = async (item: number): Promise<undefined> => {
    if (item === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    done.push(item);
    return undefined;
  };
  await widening([0, 1, 2, 3, 4], act, { first: 2, most: 2 });
  expect(done).toEqual([1, 2, 3, 4, 0]);
});
