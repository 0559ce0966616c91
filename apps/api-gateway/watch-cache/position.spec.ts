import { Position } from './position.js';

test('a reader waits until its revision is reached, and no longer', async () => {
  const position = new Position(5n);
  const order: string[] = [];
  const waits = [7n, 6n, 5n].map((revision) => position.wait(revision, 1_000).then(() => order.push(String(revision))));
  position.advance(6n);
  await waits[1];
  expect(order).toEqual(['5', '6']);
  position.advance(8n);
  await Promise.all(waits);
  expect(order).toEqual(['5', '6', '7']);
});

test('a revision that does not come is a timeout, never an older state', async () => {
  await expect(new Position(5n).wait(6n, 10)).rejects.toMatchObject({ code: 504, reason: 'Timeout' });
});

test('it never goes back', () => {
  const position = new Position(5n);
  position.advance(3n);
  expect(position.revision).toBe(5n);
});
