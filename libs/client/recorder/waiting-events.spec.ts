import type { RecordedEvent } from './core-event.js';
import { WaitingEvents, type WaitingEvent, type Worth } from './waiting-events.js';

const noon = new Date('2026-01-01T12:00:00Z');
const waiting = (message: string): WaitingEvent => ({
  event: { message } as RecordedEvent,
  occurrences: { count: 1, firstAt: noon, lastAt: noon },
});

/** `w1` is a warning, `n1` news, `r1` a repetition. */
const worthOf = (key: string): Worth => (key.startsWith('w') ? 'warning' : key.startsWith('n') ? 'news' : 'repetition');

function queueOf(keys: readonly string[], limit: number) {
  const queue = new WaitingEvents(limit);
  const dropped = keys.flatMap((key) => queue.add(key, waiting(key), worthOf(key))?.event.message ?? []);
  return { dropped, left: queue.take(limit).map(([key]) => key) };
}

type Case = [what: string, keys: string[], left: string[], dropped: string[]];
const cases: Case[] = [
  ['what there is room for leaves in order', ['n1', 'n2', 'n3'], ['n1', 'n2', 'n3'], []],
  ['warnings leave first, repetitions last', ['r1', 'n1', 'w1'], ['w1', 'n1', 'r1'], []],
  ['the oldest repetition is dropped first', ['r1', 'r2', 'n1', 'n2'], ['n1', 'n2', 'r2'], ['r1']],
  ['then the oldest news', ['n1', 'w1', 'n2', 'w2'], ['w1', 'w2', 'n2'], ['n1']],
  ['a warning only where there is nothing else', ['w1', 'w2', 'w3', 'w4'], ['w2', 'w3', 'w4'], ['w1']],
  ['news does not displace a warning', ['w1', 'w2', 'w3', 'n1'], ['w1', 'w2', 'w3'], ['n1']],
  ['nor a repetition anything', ['w1', 'n1', 'n2', 'r1'], ['w1', 'n1', 'n2'], ['r1']],
];

test.each(cases)('of three places: %s', (_, keys, left, dropped) => {
  expect(queueOf(keys, 3)).toEqual({ left, dropped });
});

test('as many are taken as are asked for, across worths, and each once', () => {
  const queue = new WaitingEvents(10);
  for (const key of ['n1', 'n2', 'w1', 'r1']) queue.add(key, waiting(key), worthOf(key));
  const keys = (): string[] => queue.take(3).map(([key]) => key);
  expect([keys(), keys(), keys()]).toEqual([['w1', 'n1', 'n2'], ['r1'], []]);
});

test('one that waits is found, whatever its worth', () => {
  const queue = new WaitingEvents(10);
  const one = waiting('a');
  queue.add('a', one, 'repetition');
  expect([queue.get('a'), queue.get('b')]).toEqual([one, undefined]);
});
