import { parseMoment, parsePastTime, type Moment } from './moment.js';

const now = new Date('2030-01-02T12:00:00Z');
const at = (time: string): Moment => ({ time: new Date(time) });

describe('a moment is', () => {
  test.each<[string, Moment]>([
    ['0', { revision: 0n }],
    ['4711', { revision: 4711n }],
    ['2m', at('2030-01-02T11:58:00Z')],
    ['2m-ago', at('2030-01-02T11:58:00Z')],
    ['1h30m', at('2030-01-02T10:30:00Z')],
    ['1d', at('2030-01-01T12:00:00Z')],
    ['0.5s', at('2030-01-02T11:59:59.5Z')],
    ['now', { time: now }],
    ['2030-01-01', at('2030-01-01T00:00:00Z')],
    ['2030-01-01T10:00:00Z', at('2030-01-01T10:00:00Z')],
    ['2030-01-01T10:00:00.25+02:00', at('2030-01-01T08:00:00.25Z')],
    ['2030-01-01 10:00', at('2030-01-01T10:00:00Z')],
  ])('%s', (text, expected) => expect(parseMoment(text, now)).toEqual(expected));

  test.each(['', 'yesterday', '-5', '2x', '2030-13-01T00:00:00Z', '1e3', 'm', '..'])('not %j', (text) =>
    expect(() => parseMoment(text, now)).toThrow('is no moment'),
  );
});

describe('a stretch of time', () => {
  test.each([
    ['10..20', null, { from: { revision: 10n }, to: { revision: 20n }, speed: 1 }],
    ['10..', '4', { from: { revision: 10n }, to: { time: now }, speed: 4 }],
    ['5m..now@10x', null, { from: at('2030-01-02T11:55:00Z'), to: { time: now }, speed: 10 }],
  ])('%s at speed %s', (text, speed, expected) => expect(parsePastTime(text, speed, now)).toEqual(expected));

  it('may be one moment', () => expect(parsePastTime('17', null, now)).toEqual({ at: { revision: 17n } }));
  test.each(['0', '-1', 'fast'])('has no speed %s', (speed) =>
    expect(() => parsePastTime('1..2', speed, now)).toThrow('is no speed'),
  );
});
