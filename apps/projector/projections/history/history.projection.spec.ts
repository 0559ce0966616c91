import type { EventType, ResourceEvent } from '@shiplog/domain';
import { configMapKey, newEvent } from '@shiplog/testing';
import { openEnd } from '@shiplog/event-store';
import { history, type Timeline } from './history.projection.js';

const event = (revision: bigint, type: EventType = 'updated'): ResourceEvent => ({
  ...newEvent(configMapKey('a'), type),
  revision,
});
const fold = (events: readonly ResourceEvent[]): Timeline | undefined =>
  events.reduce<Timeline | undefined>((row, one) => history.evolve(row, one) as Timeline, undefined);

describe('history', () => {
  it('ends each version where the next begins, and leaves the last one open', () => {
    const [first, second, third] = [event(3n), event(7n), event(9n)];
    expect(fold([first!, second!, third!])).toEqual({
      endOfOpen: 3n,
      added: [
        { event: first, next: 7n },
        { event: second, next: 9n },
        { event: third, next: openEnd },
      ],
    });
  });

  it('has nothing that is current after a deletion, the deletion included', () => {
    const [first, dead, again] = [event(3n), event(7n, 'deleted'), event(9n, 'created')];
    expect(fold([first!, dead!])?.added.map(({ next }) => next)).toEqual([7n, 7n]);
    expect(fold([first!, dead!, again!])?.added.map(({ next }) => next)).toEqual([7n, 7n, openEnd]);
  });

  it('has nothing of an object that nothing happened to', () => expect(fold([])).toBeUndefined());
});
