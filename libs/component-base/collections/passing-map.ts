import { Slots } from './slots.js';

/** A Map for values that come and go by the thousand: its table holds numbers, and the values stand in slots (see there). In the order in which keys came. */
export class PassingMap<Key extends string | number, Value> {
  private readonly slots = new Slots<Value>();
  private readonly slotOf = new Map<Key, number>();

  get size(): number {
    return this.slotOf.size;
  }

  set(key: Key, value: Value): void {
    const slot = this.slotOf.get(key);
    if (slot !== undefined) this.slots.remove(slot);
    this.slotOf.set(key, this.slots.add(value));
  }

  /** Returns what stood there. */
  take(key: Key): Value | undefined {
    const slot = this.slotOf.get(key);
    if (slot === undefined) return undefined;
    this.slotOf.delete(key);
    return this.slots.remove(slot);
  }

  keys(): MapIterator<Key> {
    return this.slotOf.keys();
  }

  *values(): Generator<Value> {
    for (const [, value] of this) yield value;
  }

  /** Entries may be taken meanwhile. */
  *[Symbol.iterator](): Generator<[Key, Value]> {
    for (const [key, slot] of this.slotOf) yield [key, this.slots.get(slot) as Value];
  }
}
