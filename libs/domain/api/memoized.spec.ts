import { memoized } from './memoized.js';

describe('memoized', () => {
  it('computes a text once', () => {
    const compute = jest.fn((text: string) => ({ text }));
    const ask = memoized(compute, 10);
    expect(ask('a')).toBe(ask('a'));
    expect(compute).toHaveBeenCalledTimes(1);
  });

  it('forgets once it knows too much, and remembers no long texts', () => {
    const compute = jest.fn((text: string) => text.length);
    const ask = memoized(compute, 2);
    for (const text of ['a', 'b', 'c', 'a', 'x'.repeat(2_000), 'x'.repeat(2_000)]) ask(text);
    expect(compute).toHaveBeenCalledTimes(6);
  });
});
