interface Entry {
  readonly key: string;
  readonly due: number;
}

/** Keys ordered by when they are due; each key once, at its earliest time. */
export class DelayHeap {
  private readonly heap: Entry[] = [];
  private readonly earliest = new Map<string, number>();

  /** The time of the first key, if any. */
  get nextDue(): number | undefined {
    this.dropOutdated();
    return this.heap[0]?.due;
  }

  get size(): number {
    return this.earliest.size;
  }

  add(key: string, due: number): void {
    const known = this.earliest.get(key);
    if (known !== undefined && known <= due) return;
    this.earliest.set(key, due);
    this.heap.push({ key, due });
    this.rise(this.heap.length - 1);
  }

  /** Removes and returns the keys due at `now`, in order. */
  takeDue(now: number): string[] {
    const due: string[] = [];
    for (let next = this.nextDue; next !== undefined && next <= now; next = this.nextDue) {
      const { key } = this.pop();
      this.earliest.delete(key);
      due.push(key);
    }
    return due;
  }

  /** An entry for which an earlier one was added later stays in the heap until it comes up. */
  private dropOutdated(): void {
    for (let top = this.heap[0]; top && this.earliest.get(top.key) !== top.due; top = this.heap[0]) this.pop();
  }

  private pop(): Entry {
    const top = this.heap[0] as Entry;
    const last = this.heap.pop() as Entry;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
    return top;
  }

  private dueAt(i: number): number {
    return this.heap[i]?.due ?? Infinity;
  }

  private swap(a: number, b: number): void {
    const entry = this.heap[a] as Entry;
    this.heap[a] = this.heap[b] as Entry;
    this.heap[b] = entry;
  }

  private rise(i: number): void {
    for (let at = i; at > 0;) {
      const parent = (at - 1) >> 1;
      if (this.dueAt(parent) <= this.dueAt(at)) return;
      this.swap(parent, at);
      at = parent;
    }
  }

  private sink(i: number): void {
    for (let at = i; ;) {
      const left = 2 * at + 1;
      const least = this.dueAt(left + 1) < this.dueAt(left) ? left + 1 : left;
      if (this.dueAt(at) <= this.dueAt(least)) return;
      this.swap(least, at);
      at = least;
    }
  }
}
