import { Shared, sharedText } from './shared.js';

it('makes a value once for a key', () => {
  const shared = new Shared<object>();
  const first = shared.get('a', () => ({}));
  expect(shared.get('a', () => ({}))).toBe(first);
  expect(shared.get('b', () => ({}))).not.toBe(first);
});

it('forgets when there are many, and goes on', () => {
  const shared = new Shared<number>();
  let made = 0;
  const ask = (key: number): number => shared.get(String(key), () => ++made);
  for (let key = 0; key < 5_000; key++) ask(key);
  expect([ask(4_999), made]).toEqual([5_000, 5_000]);
  expect([ask(0), ask(0)]).toEqual([5_001, 5_001]);
});

it('gives a text back as it is', () =>
  expect([sharedText('a'), sharedText('a'), sharedText('')]).toEqual(['a', 'a', '']));
