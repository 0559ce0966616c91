import { memoized } from '@shiplog/domain';

const mostShared = 4_096;

/**
 * Values of which many objects have the same: the first that was made for a key stands for all, instead of a copy with each. Forgets, so
 * that rare ones do not add up.
 */
export class Shared<Value> {
  private readonly known = new Map<string, Value>();

  /** What was first made for this key. */
  get(key: string, make: () => Value): Value {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    if (this.known.size >= mostShared) this.known.clear();
    const value = make();
    this.known.set(key, value);
    return value;
  }
}

/** The text, in memory that it shares with others that are equal. */
export const sharedText: (text: string) => string = memoized((text) => text, mostShared);
