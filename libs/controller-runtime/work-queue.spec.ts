import type { Trigger } from './trigger.js';
import { WorkQueue, type Work } from './work-queue.js';

const because = (revision: number, weight = 0): Trigger => ({ cause: `RESOURCES/${revision}`, weight });
const settled = async <T>(promise: Promise<T>): Promise<T | 'waiting'> =>
  Promise.race([promise, Promise.resolve('waiting' as const)]);
const keyOf = async (next: Promise<Work | undefined>): Promise<string | undefined> => {
  const work = await settled(next);
  return work === 'waiting' ? 'waiting' : work?.key;
};

describe('WorkQueue', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gives keys in the order they were added, each once', async () => {
    const queue = new WorkQueue();
    for (const key of ['a', 'b', 'a']) queue.add(key);
    expect(await keyOf(queue.next())).toBe('a');
    expect(await keyOf(queue.next())).toBe('b');
    expect(await keyOf(queue.next())).toBe('waiting');
  });

  it('wakes a worker that waits', async () => {
    const queue = new WorkQueue();
    const next = queue.next();
    queue.add('a');
    expect(await keyOf(next)).toBe('a');
  });

  it('gives a key to one worker at a time, and again if it was added meanwhile', async () => {
    const queue = new WorkQueue();
    queue.add('a');
    await queue.next();
    queue.add('a');
    const other = queue.next();
    expect(await keyOf(other)).toBe('waiting');
    queue.done('a');
    expect(await keyOf(other)).toBe('a');
    queue.done('a');
    expect(await keyOf(queue.next())).toBe('waiting');
  });

  it('gives a key that has to rest later, and only if it was added meanwhile', async () => {
    const queue = new WorkQueue();
    for (const key of ['a', 'b']) queue.add(key);
    await queue.next();
    await queue.next();
    for (const key of ['a', 'b']) queue.done(key, 100);
    queue.add('a');
    const next = queue.next();
    jest.advanceTimersByTime(99);
    queue.add('a');
    expect(await keyOf(next)).toBe('waiting');
    jest.advanceTimersByTime(1);
    expect(await keyOf(next)).toBe('a');
    expect(await keyOf(queue.next())).toBe('waiting');
  });

  it('keeps the weightiest reason, of equals the latest', async () => {
    const queue = new WorkQueue();
    queue.add('a', because(1, 4));
    queue.add('a', because(2, 0));
    queue.add('b', because(3, 1));
    queue.add('b', because(4, 1));
    expect(await queue.next()).toEqual({ key: 'a', trigger: because(1, 4) });
    expect(await queue.next()).toEqual({ key: 'b', trigger: because(4, 1) });
  });

  it('adds after a delay, at the earliest time asked for', async () => {
    const queue = new WorkQueue();
    queue.addAfter('a', 5_000);
    queue.addAfter('a', 1_000);
    queue.addAfter('b', 2_000);
    const next = queue.next();
    jest.advanceTimersByTime(999);
    expect(await keyOf(next)).toBe('waiting');
    jest.advanceTimersByTime(1);
    expect(await keyOf(next)).toBe('a');
    queue.done('a');
    jest.advanceTimersByTime(1_000);
    expect(await keyOf(queue.next())).toBe('b');
    jest.advanceTimersByTime(10_000);
    expect(await keyOf(queue.next())).toBe('waiting');
  });

  it('serves all delays by one timer', () => {
    const queue = new WorkQueue();
    for (let i = 0; i < 1000; i++) queue.addAfter(`k${i}`, 1000 + ((i * 7919) % 1000));
    expect(jest.getTimerCount()).toBe(1);
  });

  it('brings failed keys back later and later, until they succeed', async () => {
    const queue = new WorkQueue({ firstRetryMs: 10, maxRetryMs: 35 });
    for (const delay of [10, 20, 35, 35]) {
      queue.retry('a', because(1));
      jest.advanceTimersByTime(delay - 1);
      const next = queue.next();
      expect(await keyOf(next)).toBe('waiting');
      jest.advanceTimersByTime(1);
      expect(await next).toEqual({ key: 'a', trigger: because(1) });
      queue.done('a');
    }
    queue.forget('a');
    queue.retry('a');
    jest.advanceTimersByTime(10);
    expect(await keyOf(queue.next())).toBe('a');
  });

  it('ends all waiting when it is closed, and takes nothing more', async () => {
    const queue = new WorkQueue();
    const next = queue.next();
    queue.addAfter('a', 10);
    queue.close();
    expect(await next).toBeUndefined();
    expect(await queue.next()).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });
});
