/** A count. Adding to it costs an addition, whatever its labels are. */
export class Tally {
  value = 0;

  add(amount = 1): void {
    this.value += amount;
  }
}

/** How values are spread over the ranges that end at the bounds (ascending; a value at a bound is below it). */
export class Spread {
  sum = 0;
  count = 0;
  private readonly counts: Float64Array;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let i = 0;
    while (i < this.bounds.length && value > (this.bounds[i] as number)) i++;
    this.counts[i] = (this.counts[i] as number) + 1;
    this.sum += value;
    this.count += 1;
  }

  /** How many values were at or below each bound; the last is how many there were. */
  cumulative(): { readonly upTo: number | '+Inf'; readonly count: number }[] {
    let count = 0;
    return Array.from(this.counts, (more, i) => ({ upTo: this.bounds[i] ?? '+Inf', count: (count += more) }));
  }
}
