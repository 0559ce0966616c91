import { eventually, MemoryApi } from '@shiplog/testing';
import { resourceType } from '../informers/resource-type.js';
import { heldLease, mayTake, runWhileLeading, type LeaseObject } from './leader-election.js';

const leases = resourceType<LeaseObject>('coordination.k8s.io', 'v1', 'Lease', 'leases');
const noon = new Date('2026-01-01T12:00:00Z');

describe('who may take a lease', () => {
  const seen = { renewTime: 't', holder: 'other', at: noon.getTime() };
  const cases: [string, typeof seen, number, boolean][] = [
    ['nobody else while it is renewed', seen, 15_000, false],
    ['anybody when it has run out', seen, 15_001, true],
    ['anybody when it was given back', { ...seen, holder: '' }, 0, true],
    ['its holder at any time', { ...seen, holder: 'me' }, 0, true],
  ];
  test.each(cases)('%s', (_, lease, later, expected) =>
    expect(mayTake(lease, 'me', 15, noon.getTime() + later)).toBe(expected),
  );
});

describe('a held lease', () => {
  it('counts its transitions', () => {
    const first = heldLease({}, 'me', 15, noon);
    expect(first).toMatchObject({
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T12:00:00.000000Z',
      leaseTransitions: 0,
    });
    expect(heldLease(first, 'me', 15, new Date(noon.getTime() + 1000))).toMatchObject({
      acquireTime: first.acquireTime,
      renewTime: '2026-01-01T12:00:01.000000Z',
      leaseTransitions: 0,
    });
    expect(heldLease(first, 'you', 15, noon)).toMatchObject({ leaseTransitions: 1 });
  });
});

describe('runWhileLeading', () => {
  const until = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  it('lets one lead at a time, and the next when it stops', async () => {
    const client = new MemoryApi();
    const log: string[] = [];
    const candidate = (identity: string) => {
      const stop = new AbortController();
      const done = runWhileLeading(
        { client, namespace: 'kube-system', name: 'x', identity, retryMs: 5 },
        async (signal) => {
          log.push(`${identity} leads`);
          await until(signal);
          log.push(`${identity} stops`);
        },
        stop.signal,
      );
      return { stop, done };
    };
    const a = candidate('a');
    await eventually(() => expect(log).toEqual(['a leads']));
    const b = candidate('b');
    await pause(30);
    expect(log).toEqual(['a leads']);
    a.stop.abort();
    await a.done;
    await eventually(() => expect(log).toEqual(['a leads', 'a stops', 'b leads']));
    b.stop.abort();
    await b.done;
    expect(client.all(leases)[0]?.spec?.holderIdentity).toBe('');
  });

  it('passes on what goes wrong while leading, but not what is broken off', async () => {
    const options = { client: new MemoryApi(), namespace: 'kube-system', name: 'x', identity: 'a', retryMs: 5 };
    const failing = runWhileLeading(options, () => Promise.reject(new Error('a bug')), new AbortController().signal);
    await expect(failing).rejects.toThrow('a bug');
    const stop = new AbortController();
    const brokenOff = (signal: AbortSignal): Promise<void> =>
      until(signal).then(() => Promise.reject(new Error('broken off')));
    const done = runWhileLeading(options, brokenOff, stop.signal);
    await pause(20);
    stop.abort();
    await expect(done).resolves.toBeUndefined();
  });

  it('stops leading when it cannot renew', async () => {
    const client = new MemoryApi();
    const log: string[] = [];
    const stop = new AbortController();
    const done = runWhileLeading(
      {
        client,
        namespace: 'kube-system',
        name: 'x',
        identity: 'a',
        retryMs: 5,
        leaseSeconds: 0.06,
        onChange: (state) => log.push(state),
      },
      until,
      stop.signal,
    );
    await pause(30);
    expect(log).toEqual(['leading']);
    jest.spyOn(client, 'get').mockRejectedValue(new Error('unreachable'));
    await pause(120);
    expect(log).toEqual(['leading', 'lost']);
    stop.abort();
    await done;
  });
});
