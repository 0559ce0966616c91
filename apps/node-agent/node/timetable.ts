/** Takes back what was put into a timetable. Repeating it, or doing it too late, is no error. */
export type Cancel = () => void;

interface Entry {
  readonly time: number;
  act: (() => void) | undefined;
}

/** Everything that is to happen later, in order of time, with one timer for all of it. */
export class Timetable {
  /** A binary heap: each entry is due no later than the two that it is the parent of. */
  private readonly heap: Entry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;

  constructor(readonly now: () => number = Date.now) {}

  /** Acts once, at the time (milliseconds since the epoch) or as soon as possible after it. `act` must not throw. */
  at(time: number, act: () => void): Cancel {
    const entry: Entry = { time, act };
    this.insert(entry);
    this.arm();
    return () => (entry.act = undefined);
  }

  after(milliseconds: number, act: () => void): Cancel {
    return this.at(this.now() + milliseconds, act);
  }

  /** Forgets everything. */
  close(): void {
    this.heap.length = 0;
    clearTimeout(this.timer);
    this.timerAt = Infinity;
  }

  private arm(): void {
    const due = this.heap[0]?.time ?? Infinity;
    if (due === this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = due;
    if (due === Infinity) return;
    this.timer = setTimeout(() => this.actOnWhatIsDue(), Math.min(Math.max(due - this.now(), 0), longestTimer));
  }

  private actOnWhatIsDue(): void {
    this.timerAt = Infinity;
    const now = this.now();
    for (let next = this.heap[0]; next && next.time <= now; next = this.heap[0]) {
      this.removeFirst();
      next.act?.();
    }
    this.arm();
  }

  private insert(entry: Entry): void {
    let i = this.heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = this.heap[parent];
      if (!above || above.time <= entry.time) break;
      this.heap[i] = above;
      i = parent;
    }
    this.heap[i] = entry;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    let i = 0;
    for (;;) {
      const child = earlier(this.heap, 2 * i + 1, 2 * i + 2);
      const below = this.heap[child];
      if (!below || below.time >= last.time) break;
      this.heap[i] = below;
      i = child;
    }
    this.heap[i] = last;
  }
}

const earlier = (heap: readonly Entry[], left: number, right: number): number =>
  (heap[right]?.time ?? Infinity) < (heap[left]?.time ?? Infinity) ? right : left;

/** The longest that setTimeout can wait. */
const longestTimer = 2 ** 31 - 1;
