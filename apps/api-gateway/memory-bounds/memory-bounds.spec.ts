import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { BodyParts } from '../request/incoming-request.js';
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
  const text = (bytes: number): string => 'x'.repeat(bytes);

  test('count against who asked for them until they are taken', () => {
    const answers = new UnsentAnswers(10 * big, 4 * big);
    const [one, two] = [response(), response()];
    for (const answer of [one, two]) answers.sending(answer, 'slow', text(1.5 * big), 0);
    expect([answers.hasRoom('slow'), answers.hasRoom('quick')]).toEqual([false, true]);
    one.taken();
    expect([answers.hasRoom('slow'), answers.bytes]).toEqual([true, 2 * big]);
  });

  /** A list under way: part of what was there at a moment, of which so much has been replaced. */
  const list = (of: unknown, length: number, replaced: () => number): BodyParts => ({
    ...{ parts: [], length },
    held: {
      of,
      get bytes() {
        return replaced();
      },
    },
  });
  const [pods, nodes, object] = [{}, {}, Buffer.alloc(3 * big)];
  const own = big / 2;

  test.each<[string, Parameters<UnsentAnswers['sending']>[2][], number]>([
    ['what one holds alone', [text(big)], own + big],
    ['texts each', [text(big), text(big)], 2 * (own + big)],
    ['the bytes of one object once', [object, object, object], 3 * own + 3 * big],
    ['what nothing has replaced not at all', [list(pods, 100 * big, () => 0)], own],
    [
      'what was replaced as far back as the oldest goes',
      [5, 3, 1].map((n) => list(pods, 9 * big, () => n * big)),
      3 * own + 5 * big,
    ],
    [
      'no more than lists are long',
      [list(pods, big, () => 9 * big), list(pods, big, () => 8 * big)],
      2 * own + 2 * big,
    ],
    ['each kind for itself', [list(pods, 9 * big, () => big), list(nodes, 9 * big, () => 2 * big)], 2 * own + 3 * big],
  ])('count %s', (_, bodies, expected) => {
    const answers = new UnsentAnswers(1000 * big, 1000 * big);
    for (const body of bodies) answers.sending(response(), 'one', body, 0);
    expect(answers.bytes).toBe(expected);
  });

  test('that share their bytes are refused to nobody', () => {
    const answers = new UnsentAnswers(192 * big, 48 * big);
    const kept = Buffer.alloc(16 * big);
    for (let i = 0; i < 32; i++) {
      expect(answers.hasRoom('one')).toBe(true);
      answers.sending(response(), 'one', kept, 0);
    }
  });

  test('are given up after a while', () => {
    const answers = new UnsentAnswers(10 * big, 2 * big);
    answers.sending(response(), 'slow', text(big), 0);
    expect([answers.sweep(30_000), answers.sweep(31_100), answers.bytes]).toEqual([0, 1, 0]);
  });

  test('are given up, the oldest first, when what they hold grows beyond what there is', () => {
    const answers = new UnsentAnswers(10 * big, 10 * big);
    const [old, young] = [response(), response()];
    const gone: string[] = [];
    old.once('close', () => gone.push('old'));
    young.once('close', () => gone.push('young'));
    let replaced = 0;
    answers.sending(
      old,
      'slow',
      list(pods, 100 * big, () => replaced),
      0,
    );
    replaced = 9.5 * big;
    const before = replaced;
    answers.sending(
      young,
      'slow',
      list(pods, 100 * big, () => replaced - before),
      0,
    );
    expect(answers.sweep(1)).toBe(1);
    expect(gone).toEqual(['old']);
    expect(answers.hasRoom('slow')).toBe(true);
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
