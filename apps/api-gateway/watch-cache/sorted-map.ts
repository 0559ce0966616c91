const chunkSize = 512;

/** A map whose keys are walked in order. Keys live in chunks, so that an insertion moves at most a chunk. */
export class SortedMap<V> {
  private readonly values = new Map<string, V>();
  private chunks: string[][] = [[]];

  get size(): number {
    return this.values.size;
  }

  get(key: string): V | undefined {
    return this.values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.values.has(key)) this.insert(key);
    this.values.set(key, value);
  }

  delete(key: string): void {
    if (!this.values.delete(key)) return;
    const index = this.chunkOf(key);
    const chunk = this.chunks[index];
    if (!chunk) return;
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0 && this.chunks.length > 1) this.chunks.splice(index, 1);
  }

  /** Values in key order, from the first key at or after `from`, while keys begin with `prefix`. Not to be changed meanwhile. */
  *walk(from = '', prefix = ''): Generator<[key: string, value: V]> {
    const start = from > prefix ? from : prefix;
    for (let c = this.chunkOf(start); c < this.chunks.length; c++) {
      const chunk = this.chunks[c] ?? [];
      for (let i = c === this.chunkOf(start) ? lowerBound(chunk, start) : 0; i < chunk.length; i++) {
        const key = chunk[i] as string;
        if (!key.startsWith(prefix)) return;
        yield [key, this.values.get(key) as V];
      }
    }
  }

  private insert(key: string): void {
    const index = this.chunkOf(key);
    const chunk = this.chunks[index] as string[];
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length > 2 * chunkSize) this.chunks.splice(index, 1, chunk.slice(0, chunkSize), chunk.slice(chunkSize));
  }

  /** The chunk that holds the key, or would: the last whose first key is not behind it. */
  private chunkOf(key: string): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (((this.chunks[middle] as string[])[0] ?? '') <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Index of the first element that is not before `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
