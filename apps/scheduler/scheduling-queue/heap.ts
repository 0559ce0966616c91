/** A priority queue whose items can be taken out by key. `before` orders: the first comes out first. */
export class Heap<T extends { readonly key: string }> {
  private readonly items: T[] = [];
  private readonly places = new Map<string, number>();

  constructor(private readonly before: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  get(key: string): T | undefined {
    const place = this.places.get(key);
    return place === undefined ? undefined : this.items[place];
  }

  peek(): T | undefined {
    return this.items[0];
  }

  /** Adds the item, in place of one with the same key. */
  push(item: T): void {
    this.delete(item.key);
    this.items.push(item);
    this.places.set(item.key, this.items.length - 1);
    this.rise(this.items.length - 1);
  }

  pop(): T | undefined {
    const first = this.items[0];
    if (first !== undefined) this.delete(first.key);
    return first;
  }

  delete(key: string): T | undefined {
    const place = this.places.get(key);
    if (place === undefined) return undefined;
    const item = this.items[place];
    const last = this.items.pop();
    this.places.delete(key);
    if (last !== undefined && last !== item) {
      this.put(last, place);
      this.rise(place);
      this.sink(this.places.get(last.key) ?? place);
    }
    return item;
  }

  private put(item: T, place: number): void {
    this.items[place] = item;
    this.places.set(item.key, place);
  }

  private swapIfBefore(child: number, parent: number): boolean {
    const a = this.items[child];
    const b = this.items[parent];
    if (a === undefined || b === undefined || !this.before(a, b)) return false;
    this.put(a, parent);
    this.put(b, child);
    return true;
  }

  private rise(place: number): void {
    for (let at = place; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  private sink(place: number): void {
    for (let at = place; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const a = this.items[left];
      const b = this.items[right];
      if (a === undefined) return;
      const least = b !== undefined && this.before(b, a) ? right : left;
      if (!this.swapIfBefore(least, at)) return;
      at = least;
    }
  }
}
