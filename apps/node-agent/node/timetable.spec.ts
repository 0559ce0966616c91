import { Timetable } from './timetable.js';

describe('Timetable', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  it('acts in order of time, whatever the order of asking, with one timer', () => {
    const timetable = new Timetable();
    const done: number[] = [];
    const times = Array.from({ length: 200 }, (_, i) => (i * 7919) % 1009);
    for (const time of times) timetable.at(time, () => done.push(time));
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(2_000);
    expect(done).toEqual(times.toSorted((a, b) => a - b));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('acts on what is due only, and on what comes meanwhile', () => {
    const timetable = new Timetable();
    const done: string[] = [];
    timetable.after(10, () => {
      done.push('ten');
      timetable.after(5, () => done.push('fifteen'));
    });
    timetable.after(30, () => done.push('thirty'));
    jest.advanceTimersByTime(20);
    expect(done).toEqual(['ten', 'fifteen']);
  });

  it('leaves out what was taken back', () => {
    const timetable = new Timetable();
    const act = jest.fn();
    timetable.after(10, act)();
    timetable.after(20, act);
    timetable.close();
    jest.advanceTimersByTime(100);
    expect(act).not.toHaveBeenCalled();
  });
});
