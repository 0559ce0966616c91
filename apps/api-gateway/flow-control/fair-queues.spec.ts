import { FairQueues, type QueueSettings } from './fair-queues.js';
import type { Flow } from './flow.js';
import { flowHash } from './shuffle-shard.js';
import { Ticket } from './ticket.js';

const settings: QueueSettings = { queues: 64, handSize: 6, lengthLimit: 50 };

function level(limit: number, queuing: QueueSettings | 'none' = settings) {
  const queues = new FairQueues();
  queues.configure(queuing === 'none' ? undefined : queuing);
  queues.limit = limit;
  const flows = new Map<string, Flow>();
  const flowOf = (user: string): Flow => {
    const flow = flows.get(user) ?? ({ distinguisher: user, hand: queues.hand(() => flowHash('s', user)) } as Flow);
    flows.set(user, flow);
    return flow;
  };
  const arrive = (user: string, now = 0, seats = 1): Ticket => {
    const ticket = new Ticket(flowOf(user), seats, now);
    queues.arrive(ticket, now);
    return ticket;
  };
  return { queues, arrive };
}

/** Serves one request after the other until nobody waits; answers whose they were, in order. */
function drain(queues: FairQueues, running: Ticket[], serviceMs: number, from = 0): string[] {
  const order: string[] = [];
  let now = from;
  for (let ticket = running.shift(); ticket; ticket = running.shift()) {
    now += serviceMs;
    queues.finish(ticket, now);
    for (let next = queues.next(now); next; next = queues.next(now)) {
      order.push(next.flow.distinguisher);
      running.push(next);
    }
  }
  return order;
}

const count = (list: readonly string[], one: string): number => list.filter((other) => other === one).length;

test('runs what finds a seat, lets the next wait, refuses what finds its queues full', () => {
  const { arrive } = level(2, { queues: 1, handSize: 1, lengthLimit: 1 });
  expect(['a', 'a', 'a', 'a'].map((user) => arrive(user).state)).toEqual([
    'executing',
    'executing',
    'waiting',
    'refused',
  ]);
});

test('refuses at once where nothing may wait', () => {
  const { arrive } = level(1, 'none');
  expect(['a', 'b'].map((user) => arrive(user).state)).toEqual(['executing', 'refused']);
});

test('a flow that has filled its queues leaves room for others', () => {
  const { arrive } = level(1);
  const states = Array.from({ length: 400 }, () => arrive('greedy').state);
  expect(count(states, 'waiting')).toBe(6 * 50);
  expect(count(states, 'refused')).toBe(99);
  expect(arrive('modest').state).toBe('waiting');
});

test('a modest flow does not wait behind a greedy one', () => {
  const { queues, arrive } = level(1);
  const running = [arrive('greedy')];
  for (let i = 0; i < 200; i++) arrive('greedy');
  for (let i = 0; i < 5; i++) arrive('modest');
  const order = drain(queues, running, 10);
  expect(order).toHaveLength(205);
  expect(count(order.slice(0, 40), 'modest')).toBe(5);
});

test('flows that want as much get as much', () => {
  const { queues, arrive } = level(4, { ...settings, queues: 256, handSize: 1 });
  const running = Array.from({ length: 4 }, () => arrive('a'));
  for (let i = 0; i < 40; i++) for (const user of ['a', 'b', 'c']) arrive(user);
  const first = drain(queues, running, 5).slice(0, 60);
  for (const user of ['a', 'b', 'c']) expect(Math.abs(count(first, user) - 20)).toBeLessThanOrEqual(5);
});

test('a wide request waits for its seats and is not overtaken for ever', () => {
  const { queues, arrive } = level(4);
  const running = [arrive('a'), arrive('a')];
  const wide = arrive('b', 0, 4);
  for (let i = 0; i < 20; i++) arrive('a');
  expect(wide.state).toBe('waiting');
  drain(queues, running, 5);
  expect(wide.state).toBe('done');
});

test('a request wider than the level runs alone', () => {
  const { queues, arrive } = level(2);
  const first = arrive('a');
  const wide = arrive('b', 0, 10);
  expect(wide.state).toBe('waiting');
  queues.finish(first, 1);
  expect(queues.next(1)).toBe(wide);
  expect(arrive('a', 2).state).toBe('waiting');
});

test('who leaves makes room, and nobody is lost', () => {
  const { queues, arrive } = level(1, { queues: 1, handSize: 1, lengthLimit: 2 });
  const [running, leaving, staying] = [arrive('a'), arrive('a'), arrive('a')];
  queues.leave(leaving as Ticket, 1);
  expect(arrive('a', 1).state).toBe('waiting');
  queues.finish(running as Ticket, 2);
  expect(queues.next(2)).toBe(staying);
  expect([queues.waiting, queues.seatsWanted]).toEqual([1, 2]);
});

test('knows whose time is over', () => {
  const { queues, arrive } = level(1);
  arrive('a');
  const [early, late] = [arrive('a'), arrive('b')];
  (early as Ticket).deadline = 10;
  (late as Ticket).deadline = 20;
  expect(queues.expired(15)).toEqual([early]);
});

test('requests in queues that are gone are still served', () => {
  const { queues, arrive } = level(1);
  const running = arrive('a');
  const old = arrive('a');
  queues.configure({ queues: 2, handSize: 1, lengthLimit: 5 });
  queues.finish(running, 1);
  expect(queues.next(1)).toBe(old);
  expect(queues.waiting).toBe(0);
});
