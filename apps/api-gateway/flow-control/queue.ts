import type { Ticket } from './ticket.js';

/** First in, first out; who leaves early is skipped when its turn comes. */
export class Queue {
  /** Virtual time at which the next request of this queue would start. */
  nextStart = 0;
  executing = 0;
  waiting = 0;
  seatsWaiting = 0;
  private tickets: Ticket[] = [];
  private head = 0;

  get idle(): boolean {
    return this.executing === 0 && this.waiting === 0;
  }

  push(ticket: Ticket): void {
    this.tickets.push(ticket);
    this.waiting++;
    this.seatsWaiting += ticket.seats;
  }

  /** The one that waits longest. */
  peek(): Ticket | undefined {
    for (; this.head < this.tickets.length; this.head++) {
      const ticket = this.tickets[this.head];
      if (ticket?.state === 'waiting') return ticket;
    }
    this.tickets = [];
    this.head = 0;
    return undefined;
  }

  /** Counts out a ticket that no longer waits, wherever it stood. */
  remove(ticket: Ticket): void {
    this.waiting--;
    this.seatsWaiting -= ticket.seats;
    if (this.head > 32 && this.head * 2 > this.tickets.length) {
      this.tickets = this.tickets.slice(this.head);
      this.head = 0;
    }
  }

  *expired(now: number): Generator<Ticket> {
    for (let i = this.head; i < this.tickets.length; i++) {
      const ticket = this.tickets[i];
      if (ticket?.state === 'waiting' && ticket.deadline <= now) yield ticket;
    }
  }
}
