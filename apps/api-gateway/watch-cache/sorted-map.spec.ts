import fc from 'fast-check';
import { SortedMap } from './sorted-map.js';

type Step = ['set' | 'delete', string];
const key = fc.stringMatching(/^[a-c]{1,4}$/);
const steps = fc.array(fc.tuple(fc.constantFrom<Step[0]>('set', 'set', 'delete'), key), { maxLength: 300 });

test('walks its keys in order, from any key, within any prefix, whatever was set and deleted', () => {
  fc.assert(
    fc.property(steps, key, fc.constantFrom('', 'a', 'ab'), (history, from, prefix) => {
      const map = new SortedMap<string>();
      const model = new Map<string, string>();
      for (const [step, name] of history)
        if (step === 'set') {
          map.set(name, `${name}!`);
          model.set(name, `${name}!`);
        } else {
          map.delete(name);
          model.delete(name);
        }
      const expected = [...model]
        .filter(([name]) => name.startsWith(prefix) && name >= from)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      expect([...map.walk(from, prefix)]).toEqual(expected);
      expect(map.size).toBe(model.size);
    }),
  );
});

test('keeps order across many chunks', () => {
  const map = new SortedMap<number>();
  const names = Array.from({ length: 5_000 }, (_, i) => String((i * 7_919) % 5_000).padStart(5, '0'));
  names.forEach((name, i) => map.set(name, i));
  expect([...map.walk()].map(([name]) => name)).toEqual([...names].sort());
  for (const name of names.filter((_, i) => i % 3 > 0)) map.delete(name);
  expect([...map.walk('02000')].length).toBe(names.filter((name, i) => i % 3 === 0 && name >= '02000').length);
});
