import { RecentCorrelations } from './recent-correlations.js';

it('remembers the last events, however many there were', () => {
  const recent = new RecentCorrelations(3);
  for (let revision = 1n; revision <= 5n; revision++) recent.add(revision, `id-${revision}`);
  expect([1n, 2n, 3n, 4n, 5n, 6n].map((revision) => recent.of(revision))).toEqual([
    ...[undefined, undefined],
    ...['id-3', 'id-4', 'id-5'],
    undefined,
  ]);
});
