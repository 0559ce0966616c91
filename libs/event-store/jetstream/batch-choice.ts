/** From this many on, a batch has been the faster way wherever it was measured. */
const surelyMany = 12;
/** How much of an estimate each new measurement is. */
const weight = 0.2;
/** A batch that was slow once is tried again some time: while it is avoided, its estimate falls. */
const forgetting = 0.99;

/**
 * Decides whether a group of appends goes as one atomic batch, which syncs once but has a price of its own, or as so many publishes, each
 * with its sync. Both prices are the machine's: a batch costs several syncs where the server stages it on disk, and less than one where
 * it stages it in memory. So it goes by what either took lately.
 */
export class BatchChoice {
  /** Milliseconds; the first guesses are of a local SSD. */
  private ofBatch = 2;
  private ofPublish = 0.6;

  isBatch(count: number): boolean {
    if (count < 2) return false;
    if (count >= surelyMany || count * this.ofPublish > this.ofBatch) return true;
    this.ofBatch *= forgetting;
    return false;
  }

  batchTook(ms: number): void {
    this.ofBatch += weight * (ms - this.ofBatch);
  }

  /** `count` publishes side by side. */
  publishesTook(count: number, ms: number): void {
    this.ofPublish += weight * (ms / count - this.ofPublish);
  }
}

/** A choice that learns nothing: batches from this many on. */
export const alwaysFrom = (least: number): Pick<BatchChoice, 'isBatch' | 'batchTook' | 'publishesTook'> => ({
  isBatch: (count) => count >= least,
  batchTook: () => undefined,
  publishesTook: () => undefined,
});
