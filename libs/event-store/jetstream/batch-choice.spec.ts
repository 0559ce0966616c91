import { BatchChoice } from './batch-choice.js';

/** What it chooses for each size once it has seen what both ways take. */
function chosen(batchMs: number, publishMs: number): number[] {
  const choice = new BatchChoice();
  for (let i = 0; i < 50; i++) {
    choice.batchTook(batchMs);
    choice.publishesTook(4, 4 * publishMs);
  }
  return [1, 2, 4, 8, 12, 100].filter((count) => choice.isBatch(count));
}

describe('a group of appends goes as a batch', () => {
  test.each<[string, number, number, number[]]>([
    ['if it is large, where batches are dear', 20, 0.5, [12, 100]],
    ['if it is of two, where batches are cheap', 0.8, 0.6, [2, 4, 8, 12, 100]],
    ['from where the syncs that it saves cost more than it does', 3, 0.6, [8, 12, 100]],
  ])('%s', (_, batchMs, publishMs, expected) => expect(chosen(batchMs, publishMs)).toEqual(expected));

  it('again, some time after batches were slow', () => {
    const choice = new BatchChoice();
    choice.batchTook(100);
    let tries = 0;
    while (!choice.isBatch(4)) tries++;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(500);
  });
});
