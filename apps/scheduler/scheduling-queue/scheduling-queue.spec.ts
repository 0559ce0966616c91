import { after, type Retry } from '../framework/cluster-event.js';
import { aNode, aRecord } from '../testing/builders.js';
import { SchedulingQueue } from './scheduling-queue.js';

const retryOn = new Map<string, readonly Retry[]>([
  [
    'Fit',
    [
      after('podDeleted', (pod, event) => event.type === 'podDeleted' && event.pod.requests.size >= pod.requests.size),
      after('podUpdated'),
    ],
  ],
  ['Taints', [after('nodeTaintsChanged')]],
]);
const queueOf = (...names: string[]): SchedulingQueue => {
  const queue = new SchedulingQueue({ retryOn });
  names.forEach((name, i) => queue.add(aRecord(name), i));
  return queue;
};
const popped = (queue: SchedulingQueue, now: number): string[] => {
  const names: string[] = [];
  for (let next = queue.pop(now); next !== undefined; next = queue.pop(now)) names.push(next.record.name);
  return names;
};
const deletion = { type: 'podDeleted', pod: aRecord('gone') } as const;

/** A queue in which the pod was rejected by these plugins after so many attempts. */
function rejected(plugins: string[], attempts = 1, now = 0): SchedulingQueue {
  const queue = queueOf('p');
  for (let i = 1; ; i++) {
    const pod = queue.pop(now);
    if (pod === undefined) throw new Error('nothing to pop');
    queue.reject(pod, new Set(plugins), now);
    if (i === attempts) return queue;
    queue.onEvent(deletion, now);
    queue.releaseBackoff(now + 60_000);
  }
}

describe('order', () => {
  it('takes higher priority first, then who came first', () => {
    const queue = queueOf('first', 'second');
    queue.add(aRecord('urgent', { spec: { priority: 10 } }), 5);
    expect(popped(queue, 10)).toEqual(['urgent', 'first', 'second']);
  });

  it('keeps the order of arrival within a millisecond', () => {
    const queue = new SchedulingQueue({ retryOn });
    const names = Array.from({ length: 20 }, (_, i) => `p${i}`);
    for (const name of names) queue.add(aRecord(name), 0);
    expect(popped(queue, 0)).toEqual(names);
  });
});

describe('rejected pods', () => {
  it('wait for an event that their plugins name', () => {
    const queue = rejected(['Taints']);
    queue.onEvent(deletion, 60_000);
    expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 1 });
    queue.onEvent({ type: 'nodeTaintsChanged', node: aNode('n') }, 60_000);
    expect(popped(queue, 60_000)).toEqual(['p']);
  });

  it('are not woken by an event that does not help', () => {
    const queue = new SchedulingQueue({ retryOn });
    queue.add(aRecord('p', { requests: { cpu: '1' } }), 0);
    const pod = queue.pop(0);
    if (pod) queue.reject(pod, new Set(['Fit']), 0);
    queue.onEvent(deletion, 60_000);
    expect(queue.sizes.unschedulable).toBe(1);
    queue.onEvent({ type: 'podDeleted', pod: aRecord('gone', { requests: { cpu: '1' } }) }, 60_000);
    expect(queue.sizes.unschedulable).toBe(0);
  });

  it('wake for what any of several plugins waits for', () => {
    const queue = rejected(['Fit', 'Taints']);
    queue.onEvent(deletion, 60_000);
    expect(popped(queue, 60_000)).toEqual(['p']);
  });

  it('wake for any event when nobody is known to have rejected them', () => {
    const queue = rejected([]);
    queue.onEvent({ type: 'namespaceChanged' }, 60_000);
    expect(popped(queue, 60_000)).toEqual(['p']);
  });

  it('are counted by the plugins that rejected them', () =>
    expect(rejected(['Fit', 'Taints']).rejectedBy()).toEqual(
      new Map([
        ['Fit', 1],
        ['Taints', 1],
      ]),
    ));

  it('are tried again after five minutes whatever happened', () => {
    const queue = rejected(['Taints']);
    queue.flushForgotten(299_999);
    expect(queue.sizes.unschedulable).toBe(1);
    queue.flushForgotten(300_000);
    expect(popped(queue, 300_000)).toEqual(['p']);
  });

  it('are tried again when they are changed, not when only their status is', () => {
    const queue = rejected(['Fit']);
    queue.refresh(aRecord('p', { status: { phase: 'Pending' } }));
    expect(queue.sizes.unschedulable).toBe(1);
    queue.update(aRecord('p', { labels: { a: 'b' } }), 60_000);
    const next = queue.pop(60_000);
    expect(next?.record.labels).toEqual({ a: 'b' });
    expect(next?.attempts).toBe(2);
  });

  it('leave nothing behind when removed', () => {
    const queue = rejected(['Fit']);
    queue.remove('default/p');
    queue.onEvent(deletion, 60_000);
    queue.flushForgotten(600_000);
    expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 0 });
  });
});

describe('backoff', () => {
  const cases: [attempts: number, waitMs: number][] = [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 10_000],
    [9, 10_000],
  ];
  test.each(cases)('after %i attempts: %i ms', (attempts, waitMs) => {
    const queue = rejected(['Fit'], attempts);
    queue.onEvent(deletion, 1);
    expect(queue.nextBackoffEnd).toBe(waitMs);
    expect(popped(queue, waitMs - 1)).toEqual([]);
    expect(popped(queue, waitMs)).toEqual(['p']);
  });

  it('is over for who waited long enough', () => {
    const queue = rejected(['Fit']);
    queue.onEvent(deletion, 1_000);
    expect(queue.sizes).toEqual({ active: 1, backoff: 0, unschedulable: 0 });
  });

  it('holds for a failed bind too, counted from the failure', () => {
    const queue = queueOf('p');
    const pod = queue.pop(0);
    if (pod) queue.retryLater(pod, 5_000);
    expect(queue.nextBackoffEnd).toBe(6_000);
  });
});
