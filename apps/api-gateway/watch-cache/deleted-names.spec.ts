import { DeletedNames } from './deleted-names.js';

test('the oldest deletes are forgotten; a name that was deleted again is young', () => {
  const names = new DeletedNames(2);
  names.add('a', 1n);
  names.add('b', 2n);
  names.add('a', 3n);
  names.add('c', 4n);
  expect(['a', 'b', 'c'].map((name) => names.revisionOf(name))).toEqual([3n, undefined, 4n]);
  names.remove('c');
  expect(names.revisionOf('c')).toBeUndefined();
});
