import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ByteBudget } from './byte-budget.js';
import { UnsentAnswers } from './unsent-answers.js';
import { UnsentEvents, type EventSink } from './unsent-events.js';

describe('a byte budget', () => {
  test('is one for all, and a part for one', () => {
    const budget = new ByteBudget(100, 40);
    expect(budget.take('a', 30)).toBe(true);
    expect(budget.take('a', 20)).toBe(false);
    expect(budget.take('b', 40)).toBe(true);
    expect(budget.take('c', 40)).toBe(false);
    budget.give('b', 40);
    expect(budget.take('c', 60)).toBe(true);
    expect(budget.used).toBe(90);
  });

  test('forgets who has given back all', () => {
    const budget = new ByteBudget(100, 40);
    budget.take('a', 60);
    budget.give('a', 60);
    expect(budget.take('a', 60)).toBe(true);
  });
});

/** A response that somebody may take, or not. */
function response(): ServerResponse & { taken: () => void } {
  const emitter = new EventEmitter();
  const taken = (): void => void emitter.emit('close');
  const fake = Object.assign(emitter, { destroyed: false, taken, destroy: taken });
  return fake as unknown as ServerResponse & { taken: () => void };
}

describe('answers that are not taken', () => {
  const big = 1024 * 1024;

  test('count against who asked for them until they are taken', () => {
    const answers = new UnsentAnswers(10 * big, 2 * big);
    const [one, two] = [response(), response()];
    for (const answer of [one, two]) answers.sending(answer, 'slow', big, 0);
    expect([answers.hasRoom('slow'), answers.hasRoom('quick')]).toEqual([false, true]);
    one.taken();
    expect([answers.hasRoom('slow'), answers.bytes]).toEqual([true, big]);
  });

  test('are given up after a while', () => {
    const answers = new UnsentAnswers(10 * big, 2 * big);
    answers.sending(response(), 'slow', big, 0);
    expect([answers.sweep(30_000), answers.sweep(31_100), answers.bytes]).toEqual([0, 1, 0]);
  });
});

describe('watches that are not read', () => {
  const sink = (unsent: number, stalledSince?: number) => {
    const calls: string[] = [];
    const one: EventSink & { calls: string[] } = {
      unsent,
      stalledSince,
      calls,
      end: () => void calls.push('end'),
      destroy: () => void calls.push('destroy'),
    };
    return one;
  };

  test.each<[string, [unsent: number, stalledSince?: number][], string[][]]>([
    ['stay within bounds', [[40], [50]], [[], []]],
    ['those with most unsent end first', [[10], [60], [50]], [[], ['end'], []]],
    ['as many as must', [[90], [80], [70]], [['end'], ['end'], []]],
    ['ended ones make room where there is none', [[90, 900], [80]], [['destroy'], []]],
    [
      'what does not move is broken',
      [
        [5, -29_500],
        [5, 0],
      ],
      [['destroy'], []],
    ],
  ])('%s', (_, given, expected) => {
    const events = new UnsentEvents(100);
    const sinks = given.map(([unsent, since]) => sink(unsent, since));
    sinks.forEach((one) => events.add(one));
    events.sweep(1_000);
    expect(sinks.map(({ calls }) => calls)).toEqual(expected);
  });
});
