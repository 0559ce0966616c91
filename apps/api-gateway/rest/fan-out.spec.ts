import { FanOut } from './fan-out.js';

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Each look at the clock takes `ms`. */
function clock(ms: number): () => number {
  let now = 0;
  return () => (now += ms);
}

test('nothing is sent in the tick that adds it, all of it soon after, in order', async () => {
  const sent: number[] = [];
  const fanOut = new FanOut(clock(0));
  for (let i = 0; i < 100; i++) fanOut.add(() => sent.push(i));
  expect(sent).toEqual([]);
  await turnOfTheLoop();
  expect(sent).toEqual([...Array(100).keys()]);
});

test('a request is taken between two turns', async () => {
  const seen: string[] = [];
  const fanOut = new FanOut(clock(1));
  for (const name of ['one', 'two', 'three']) fanOut.add(() => seen.push(name));
  for (let i = 0; i < 3; i++) {
    await turnOfTheLoop();
    seen.push('request');
  }
  expect(seen).toEqual(['one', 'request', 'two', 'request', 'three', 'request']);
});

test('what is added while others are sent waits for its turn', async () => {
  const sent: string[] = [];
  const fanOut = new FanOut(clock(0));
  fanOut.add(() => {
    sent.push('first');
    fanOut.add(() => sent.push('second'));
  });
  await turnOfTheLoop();
  fanOut.add(() => sent.push('third'));
  await turnOfTheLoop();
  expect(sent).toEqual(['first', 'second', 'third']);
});
