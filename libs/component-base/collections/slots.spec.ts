import { Slots } from './slots.js';

describe('slots', () => {
  it('are used again once they are free', () => {
    const slots = new Slots<string>();
    const [a, b] = [slots.add('a'), slots.add('b')];
    expect(slots.remove(a)).toBe('a');
    expect(slots.add('c')).toBe(a);
    expect(slots.get(b)).toBe('b');
    expect([...slots].sort()).toEqual(['b', 'c']);
  });

  it('are emptied once', () => {
    const slots = new Slots<string>();
    const slot = slots.add('a');
    slots.remove(slot);
    expect(slots.remove(slot)).toBeUndefined();
    expect([slots.add('b'), slots.add('c')]).toEqual([slot, slot + 1]);
  });

  it('may be emptied while they are gone through', () => {
    const slots = new Slots<number>();
    const all = [1, 2, 3].map((member) => slots.add(member));
    const seen: number[] = [];
    for (const member of slots) {
      seen.push(member);
      for (const slot of all) slots.remove(slot);
    }
    expect(seen).toEqual([1]);
    expect([...slots]).toEqual([]);
  });
});
