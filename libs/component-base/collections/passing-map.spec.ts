import { PassingMap } from './passing-map.js';

describe('a map of what passes', () => {
  it('keeps one value of each key, in the order of the keys', () => {
    const map = new PassingMap<string, number>();
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    expect([...map]).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    expect(map.size).toBe(2);
    expect([...map.values()]).toEqual([3, 2]);
  });

  it('gives a value away once', () => {
    const map = new PassingMap<string, number>();
    map.set('a', 1);
    map.set('b', 2);
    expect([map.take('a'), map.take('a'), map.take('c')]).toEqual([1, undefined, undefined]);
    expect([...map.keys()]).toEqual(['b']);
  });

  it('may lose entries while it is gone through', () => {
    const map = new PassingMap<number, string>();
    for (let i = 0; i < 5; i++) map.set(i, String(i));
    const seen: string[] = [];
    for (const [key, value] of map) {
      seen.push(value);
      map.take(key);
    }
    expect(seen).toEqual(['0', '1', '2', '3', '4']);
    expect(map.size).toBe(0);
  });
});
