import type { ResourceEvent } from '@shiplog/domain';
import { configMapKey, newEvent } from '@shiplog/testing';
import { history, type Timeline } from './history.projection.js';

const event = (revision: bigint): ResourceEvent => ({ ...newEvent(configMapKey('a')), revision });
const fold = (events: readonly ResourceEvent[]): Timeline | undefined =>
  events.reduce<Timeline | undefined>((row, one) => history.evolve(row, one) as Timeline, undefined);

describe('history', () => {
  it('ends each version where the next begins, and leaves the last one open', () => {
    const [first, second, third] = [event(3n), event(7n), event(9n)];
    expect(fold([first!, second!, third!])).toEqual({
      endOfOpen: 3n,
      added: [{ event: first, next: 7n }, { event: second, next: 9n }, { event: third }],
    });
  });

  it('has nothing of an object that nothing happened to', () => expect(fold([])).toBeUndefined());
});
