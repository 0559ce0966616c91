import { RecentlyParsed } from './recently-parsed.js';

it('lets go of what was parsed longest ago', () => {
  const recently = new RecentlyParsed(2);
  const objects = [1, 2, 3].map(() => ({ release: jest.fn() }));
  for (const object of objects) recently.add(object);
  expect(objects.map(({ release }) => release.mock.calls.length)).toEqual([1, 0, 0]);
});
