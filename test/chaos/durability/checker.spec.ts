import {
  checkBatches,
  checkLog,
  checkPresent,
  checkWatch,
  checkWrites,
  type LogEntry,
  type ToldWrite,
} from './checker.mjs';

const entry = (sequence: number, type: LogEntry['type'], write: string, expected: number): LogEntry => ({
  ...{ sequence, type, write, expected, subject: 'resources.core.pods.a.b', uid: 'u1', hash: `h${sequence}` },
});
const created = entry(1, 'created', 'w1', 0);
const updated = entry(2, 'updated', 'w2', 1);
const deleted = entry(3, 'deleted', 'w2', 2);
const log = [created, updated, deleted];

describe('checkLog', () => {
  it.each<[string, LogEntry[], number]>([
    ['a whole log', log, 0],
    ['a gap', [created, { ...deleted, expected: 1 }], 1],
    ['a change on top of another than it expected', [created, { ...updated, expected: 7 }], 1],
    ['one that is created twice', [created, { ...created, sequence: 2, expected: 1 }], 1],
    ['a change of nothing', [{ ...updated, expected: 0 }], 1],
  ])('%s', (_, entries, problems) => expect(checkLog(entries)).toHaveLength(problems));
});

describe('checkBatches', () => {
  const part = (sequence: number, inBatch: number, commits: boolean): LogEntry => ({
    ...entry(sequence, 'created', `w${sequence}`, 0),
    batch: { id: 'b', sequence: inBatch, commits },
  });
  it.each<[string, LogEntry[], number]>([
    ['a whole batch', [part(1, 1, false), part(2, 2, true)], 0],
    ['one without its end', [part(1, 1, false), part(2, 2, false)], 1],
    ['one without its beginning', [part(1, 2, true)], 1],
    ['one with something between', [part(1, 1, false), part(3, 2, true)], 1],
  ])('%s', (_, entries, halves) => expect(checkBatches(entries).wrong).toHaveLength(halves));

  describe('around a power cut from 100 to 200', () => {
    const cuts = [{ from: 100, to: 200 }];
    const timed = (one: LogEntry, time: number): LogEntry => ({ ...one, time });
    const beginning = [timed(part(1, 1, false), 90), timed(part(2, 2, false), 91)];
    const ofOther = timed({ ...part(3, 1, true), batch: { id: 'c', sequence: 1, commits: true } }, 210);
    const written = (id: string, toldAt: number): ToldWrite => ({
      ...{ id, verb: 'create', name: 'b', outcome: 'acknowledged', toldAt },
    });
    it.each<[string, LogEntry[], ToldWrite[], number]>([
      ['a beginning that nobody was told of', [...beginning, ofOther], [], 0],
      ['one that was told of afterwards', [...beginning, ofOther], [written('w1', 220)], 0],
      ['one that was told of before', [...beginning, ofOther], [written('w1', 99)], 1],
      ['one that was told of while the power was gone', [...beginning, ofOther], [written('w2', 150)], 1],
      ['one at the end of the log', beginning, [], 0],
      ['one after which others were written before the cut', [...beginning, { ...ofOther, time: 95 }], [], 1],
      ['one of after the cut', [timed(part(1, 1, false), 201)], [], 1],
      ['an end', [timed(part(1, 2, true), 90)], [], 1],
    ])('%s', (_, entries, writes, halves) => {
      const { wrong, cutOff } = checkBatches(entries, writes, cuts);
      expect([wrong.length, cutOff]).toEqual([halves, 1 - halves]);
    });
  });
});

describe('checkWrites', () => {
  const create: ToldWrite = {
    ...{ id: 'w1', verb: 'create', name: 'b', outcome: 'acknowledged', uid: 'u1', revision: 1, hash: 'h1' },
  };
  const removal: ToldWrite = { id: 'w3', verb: 'delete', name: 'b', outcome: 'acknowledged', uid: 'u1' };
  it.each<[string, ToldWrite[], LogEntry[], number]>([
    ['what was acknowledged is there', [create, removal], log, 0],
    ['a lost write', [create], [updated], 1],
    ['a lost deletion', [removal], [created, updated], 1],
    ['a deletion of one that was told to two', [removal, { ...removal, id: 'w4' }], log, 1],
    ['a doubled write', [create], [created, { ...created, sequence: 2 }], 1],
    ['a doubled deletion', [], [...log, { ...deleted, sequence: 4 }], 1],
    ['a doubled write that nobody was told of', [{ ...create, outcome: 'ambiguous' }], [created, created], 1],
    ['one without an answer that is there', [{ ...create, outcome: 'ambiguous' }], log, 0],
    ['one without an answer that is not there', [{ ...create, outcome: 'ambiguous' }], [], 0],
    ['one that was refused and is there', [{ ...create, outcome: 'refused', code: 409 }], log, 1],
    ['another resourceVersion', [{ ...create, revision: 2 }], log, 1],
    ['another content', [{ ...create, hash: 'other' }], log, 1],
  ])('%s', (_, writes, entries, problems) => expect(checkWrites(writes, entries)).toHaveLength(problems));
});

describe('checkWatch', () => {
  const added = { type: 'ADDED', uid: 'u1', revision: 1, hash: 'h1' } as const;
  const modified = { type: 'MODIFIED', uid: 'u1', revision: 2, hash: 'h2' } as const;
  const gone = { type: 'DELETED', uid: 'u1', revision: 3, hash: 'h3' } as const;
  it.each([
    ['all, once', [added, modified, gone], 0, true],
    ['all after where it began', [modified, gone], 1, true],
    ['one missing', [added, gone], 0, false],
    ['one twice', [added, modified, modified, gone], 0, false],
    ['out of order', [modified, added, gone], 0, false],
    ['other content', [added, { ...modified, hash: 'h1' }, gone], 0, false],
  ])('%s', (_, events, from, isRight) => expect(checkWatch(events, log, from).length === 0).toBe(isRight));
});

describe('checkPresent', () => {
  const listed = { subject: created.subject, uid: 'u1', revision: 2, hash: 'h2' };
  it.each([
    ['as the log ends', [listed], [created, updated], 0],
    ['an older state', [{ ...listed, revision: 1, hash: 'h1' }], [created, updated], 1],
    ['one that is deleted', [listed], log, 1],
    ['one that is missing', [], [created, updated], 1],
  ])('%s', (_, objects, entries, problems) => expect(checkPresent(objects, entries)).toHaveLength(problems));
});
