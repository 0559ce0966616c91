import { Queue } from './queue.js';
import { dealHand } from './shuffle-shard.js';
import type { Ticket } from './ticket.js';

export interface QueueSettings {
  readonly queues: number;
  readonly handSize: number;
  /** How many may wait in one queue. */
  readonly lengthLimit: number;
}

export type Refusal = 'concurrency-limit' | 'queue-full';

/** What a request is taken to need until it is over, in milliseconds per seat; corrected by what it did need. Source: upstream. */
const estimatedServiceMs = 3;

/**
 * The seats of one priority level and who gets the next: fair queuing between queues by virtual time, a queue per shuffle-sharded flow.
 * Virtual time advances by the seats that each busy queue should have had. No I/O: time comes in (milliseconds), decisions go out.
 */
export class FairQueues {
  /** Seats in use at a time. */
  limit = 0;
  seatsExecuting = 0;
  seatsWaiting = 0;
  waiting = 0;
  private deck: Queue[] = [new Queue()];
  private settings: QueueSettings | undefined;
  private backlog: Queue[] = [];
  private virtual = 0;
  private syncedAt = 0;
  private busyQueues = 0;
  private turn = 0;

  /** Without settings nothing waits: what finds no seat is refused. Requests in queues that are no longer dealt keep their place. */
  configure(settings: QueueSettings | undefined): void {
    const { settings: before } = this;
    this.settings = settings;
    if (before?.queues === settings?.queues && before?.handSize === settings?.handSize) return;
    this.deck = Array.from({ length: settings?.queues ?? 1 }, () => new Queue());
  }

  /** The queues of a flow, by its hash. Good until the next `configure`. */
  hand(hash: () => bigint): readonly Queue[] {
    const { settings, deck } = this;
    if (!settings || settings.queues === 1) return deck;
    return dealHand(hash(), settings.queues, settings.handSize).map((card) => deck[card] as Queue);
  }

  get seatsWanted(): number {
    return this.seatsExecuting + this.seatsWaiting;
  }

  /** Starts the request if there is a seat and nobody before it, else lets it wait; says why where it may not. */
  arrive(ticket: Ticket, now: number): Refusal | undefined {
    this.sync(now);
    const queue = this.choose(ticket.flow.hand);
    ticket.queue = queue;
    ticket.arrivedAtVirtual = this.virtual;
    if (this.waiting === 0 && this.hasRoomFor(ticket.seats)) {
      if (queue.idle) this.wake(queue);
      this.start(ticket, queue, now);
      return undefined;
    }
    const lengthLimit = this.settings?.lengthLimit ?? 0;
    if (queue.waiting >= lengthLimit) {
      ticket.state = 'refused';
      return lengthLimit === 0 ? 'concurrency-limit' : 'queue-full';
    }
    if (queue.idle) this.wake(queue);
    if (queue.waiting === 0) this.backlog.push(queue);
    ticket.state = 'waiting';
    queue.push(ticket);
    this.waiting++;
    this.seatsWaiting += ticket.seats;
    this.bound(queue);
    return undefined;
  }

  /** Gives the seats back. Its queue pays for the time that it took. */
  finish(ticket: Ticket, now: number): void {
    const { queue } = ticket;
    if (ticket.state !== 'executing' || !queue) return;
    this.sync(now);
    ticket.state = 'done';
    this.seatsExecuting -= ticket.seats;
    queue.executing--;
    queue.nextStart -= ticket.seats * (estimatedServiceMs - (now - ticket.startedAt));
    this.bound(queue);
    if (queue.idle) this.busyQueues--;
  }

  /** Takes a waiting request out of its queue. */
  leave(ticket: Ticket, now: number): void {
    const { queue } = ticket;
    if (ticket.state !== 'waiting' || !queue) return;
    this.sync(now);
    ticket.state = 'refused';
    this.dequeue(ticket, queue);
    if (queue.idle) this.busyQueues--;
  }

  /** The next request that may start, started; undefined if none waits or there is no seat for the one whose turn it is. */
  next(now: number): Ticket | undefined {
    if (this.waiting === 0 || (this.seatsExecuting >= this.limit && this.seatsExecuting > 0)) return undefined;
    this.sync(now);
    const queue = this.nextQueue();
    const ticket = queue?.peek();
    if (!queue || !ticket || !this.hasRoomFor(ticket.seats)) return undefined;
    this.dequeue(ticket, queue);
    this.start(ticket, queue, now);
    this.bound(queue);
    return ticket;
  }

  /** Those whose time to wait is over. */
  expired(now: number): Ticket[] {
    return this.backlog.flatMap((queue) => [...queue.expired(now)]);
  }

  private start(ticket: Ticket, queue: Queue, now: number): void {
    ticket.state = 'executing';
    ticket.startedAt = now;
    queue.executing++;
    queue.nextStart += ticket.seats * estimatedServiceMs;
    this.seatsExecuting += ticket.seats;
  }

  private dequeue(ticket: Ticket, queue: Queue): void {
    queue.remove(ticket);
    this.waiting--;
    this.seatsWaiting -= ticket.seats;
    if (queue.waiting === 0) this.backlog.splice(this.backlog.indexOf(queue), 1);
  }

  /** A request that is wider than the level goes alone. */
  private hasRoomFor(seats: number): boolean {
    return seats > this.limit ? this.seatsExecuting === 0 : this.seatsExecuting + seats <= this.limit;
  }

  private wake(queue: Queue): void {
    queue.nextStart = this.virtual;
    this.busyQueues++;
  }

  /** No request starts before it came. */
  private bound(queue: Queue): void {
    if (queue.waiting === 0) return;
    const oldest = queue.peek();
    if (oldest && queue.nextStart < oldest.arrivedAtVirtual) queue.nextStart = oldest.arrivedAtVirtual;
  }

  /** The shortest queue of the hand; looks from another end each time, so that overlapping hands share evenly. */
  private choose(hand: readonly Queue[]): Queue {
    let best = hand[this.turn++ % hand.length] as Queue;
    if (hand.length === 1) return best;
    for (let i = 0; i < hand.length; i++) {
      const queue = hand[(this.turn + i) % hand.length] as Queue;
      if (queue.seatsWaiting < best.seatsWaiting) best = queue;
    }
    return best;
  }

  /** The queue whose oldest request would be done first in virtual time; of equals, another one each time. */
  private nextQueue(): Queue | undefined {
    let best: Queue | undefined;
    let bestFinish = Infinity;
    const { backlog } = this;
    for (let i = 0; i < backlog.length; i++) {
      const queue = backlog[(this.turn + i) % backlog.length] as Queue;
      const finish = queue.nextStart + (queue.peek()?.seats ?? 0) * estimatedServiceMs;
      if (finish < bestFinish) {
        best = queue;
        bestFinish = finish;
      }
    }
    this.turn++;
    return best;
  }

  private sync(now: number): void {
    const elapsed = now - this.syncedAt;
    this.syncedAt = now;
    if (this.busyQueues > 0 && elapsed > 0)
      this.virtual += (elapsed * Math.min(this.seatsWanted, this.limit)) / this.busyQueues;
  }
}
