import { backoff } from './backoff.js';
import { durationOf } from './waiting-containers.js';

describe('backoff', () => {
  it('restarts at once the first time, then after 10 s, 20 s, … up to 300 s', () => {
    const waits = backoff();
    let now = 0;
    const delays = [0, 1, 2, 3, 4, 5, 6, 7].map(() => {
      const failedAt = (now += 1_000);
      const until = waits.waitUntil('pod/app', failedAt, now) ?? failedAt;
      now = until;
      waits.tried('pod/app', failedAt, now);
      return (until - failedAt) / 1000;
    });
    expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
  });

  it('forgets after ten minutes without failure, and when told', () => {
    const waits = backoff();
    waits.tried('pod/app', 0, 0);
    expect(waits.waitUntil('pod/app', 599_000, 599_000)).toBe(609_000);
    expect(waits.waitUntil('pod/app', 601_000, 601_000)).toBeUndefined();
    waits.forget('pod/');
    expect(waits.waitUntil('pod/app', 1_000, 1_000)).toBeUndefined();
  });

  it.each([
    [10, '10s'],
    [80, '1m20s'],
    [300, '5m0s'],
  ])('%d seconds read %s', (seconds, text) => expect(durationOf(seconds)).toBe(text));
});
