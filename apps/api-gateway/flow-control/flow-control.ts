import type { FlowSchema, PriorityLevelConfiguration, UserInfo } from '@shiplog/domain';
import type { RequestInfo } from '../request/request-info.js';
import { Classifier, type Tallies } from './classifier.js';
import { flowSchemaRules } from './flow-schema.js';
import type { RejectReason } from './flow-tally.js';
import type { Flow } from './flow.js';
import { PriorityLevel, priorityLevelSettings } from './priority-level.js';
import { Refusals } from './refusals.js';
import { allocateSeats, shareSeats } from './seat-limits.js';
import { Ticket } from './ticket.js';

/** Per adjustment; as upstream's per ten seconds: half is forgotten in five minutes. */
const demandMemory = 0.9977;
/** What refusing a request costs, in seats. */
const refusalCost = 0.25;

/** The rules in force. */
export interface FlowRules {
  readonly schemas: readonly FlowSchema[];
  readonly levels: readonly PriorityLevelConfiguration[];
}

/**
 * API priority and fairness for this process: which requests run now, which wait and which come back later. Decides at once and keeps no
 * timers: `sweep` must be called now and then, `adjust` about every second. All times are milliseconds of one clock.
 */
export class FlowControl {
  readonly levels = new Map<string, PriorityLevel>();
  readonly tallies: Tallies = new Map();
  /** Seats served so far, refused requests at their price. */
  served = 0;
  /** Requests being served. */
  readonly inFlight = { mutating: 0, readOnly: 0 };
  readonly refusals = new Refusals();
  private classifier: Classifier;

  constructor(
    rules: FlowRules,
    private seats: number,
  ) {
    this.classifier = this.apply(rules);
  }

  /** Requests that wait for a seat. */
  get waiting(): number {
    let waiting = 0;
    for (const { queues } of this.levels.values()) waiting += queues.waiting;
    return waiting;
  }

  configure(rules: FlowRules): void {
    this.classifier = this.apply(rules);
  }

  flowOf(user: UserInfo, info: RequestInfo): Flow {
    return this.classifier.flowOf(user, info);
  }

  /** The ticket of a request says by its state whether it runs, waits (then `decided` is called once) or is refused. */
  arrive(flow: Flow, seats: number, now: number, mayWaitMs: () => number): Ticket {
    const ticket = new Ticket(flow, seats, now);
    const { level, tally } = flow;
    const { queues } = level;
    const refusal = queues.arrive(ticket, now);
    if (queues.seatsWanted > level.peak) level.peak = queues.seatsWanted;
    if (refusal) this.refuse(ticket, refusal, now);
    else if (ticket.state === 'executing') this.started(ticket);
    else {
      ticket.deadline = now + mayWaitMs();
      tally.waiting++;
      tally.seatsWaiting += seats;
    }
    return ticket;
  }

  /** Counts a request that was refused for a reason of its own. */
  turnAway({ tally }: Flow, reason: RejectReason): void {
    this.served += refusalCost;
    tally.rejected[reason]++;
  }

  /** A request that ran is over; others get its seats. */
  finish(ticket: Ticket, now: number): void {
    if (ticket.state !== 'executing') return;
    const { tally, level } = ticket.flow;
    level.queues.finish(ticket, now);
    tally.executing--;
    tally.seatsExecuting -= ticket.seats;
    this.served += ticket.seats;
    this.dispatch(level, now);
  }

  /** The client of a waiting request is gone. */
  cancel(ticket: Ticket, now: number): void {
    this.giveUp(ticket, 'cancelled', now);
  }

  /** Refuses those who have waited too long. */
  sweep(now: number): void {
    for (const level of this.levels.values()) {
      if (level.queues.waiting === 0) continue;
      for (const ticket of level.queues.expired(now)) this.giveUp(ticket, 'time-out', now);
      this.dispatch(level, now);
    }
  }

  /** Gives the levels their seats anew: from the server's total, their shares and what they wanted of late. */
  adjust(seats: number, now: number): void {
    this.seats = seats;
    for (const level of this.levels.values()) {
      level.demand = Math.max(level.peak, demandMemory * level.demand + (1 - demandMemory) * level.peak);
      if (level.retired && level.queues.seatsWanted === 0) this.levels.delete(level.settings.name);
    }
    this.allocate();
    for (const level of this.levels.values()) {
      level.peak = level.queues.seatsWanted;
      this.dispatch(level, now);
    }
  }

  private apply({ schemas, levels }: FlowRules): Classifier {
    const settings = levels.map(priorityLevelSettings);
    const wanted = new Map(settings.map((one) => [one.name, one]));
    for (const level of this.levels.values()) level.retired = !wanted.has(level.settings.name);
    for (const one of settings) {
      const level = this.levels.get(one.name);
      if (level) level.reconfigure(one);
      else this.levels.set(one.name, new PriorityLevel(one));
    }
    this.allocate();
    const inForce = new Map([...this.levels].filter(([, { retired }]) => !retired));
    return new Classifier(schemas.map(flowSchemaRules), inForce, this.tallies);
  }

  private allocate(): void {
    const levels = [...this.levels.values()];
    const limits = shareSeats(
      levels.map(({ settings }) => settings),
      this.seats,
    );
    for (const level of levels) level.limits = limits.get(level.settings) ?? level.limits;
    const seats = allocateSeats(
      levels.map(({ limits, peak, demand, settings: { exempt } }) => ({ limits, peak, smoothed: demand, exempt })),
    );
    levels.forEach(({ queues }, i) => (queues.limit = seats[i] ?? 0));
  }

  private dispatch({ queues }: PriorityLevel, now: number): void {
    for (let ticket = queues.next(now); ticket; ticket = queues.next(now)) {
      const { tally } = ticket.flow;
      tally.waiting--;
      tally.seatsWaiting -= ticket.seats;
      this.started(ticket);
      ticket.decided?.();
    }
  }

  private started({ flow: { tally }, seats, arrivedAt, startedAt }: Ticket): void {
    tally.dispatched++;
    tally.executing++;
    tally.seatsExecuting += seats;
    tally.executed.observe((startedAt - arrivedAt) / 1000);
  }

  private giveUp(ticket: Ticket, reason: RejectReason, now: number): void {
    if (ticket.state !== 'waiting') return;
    const { tally, level } = ticket.flow;
    level.queues.leave(ticket, now);
    tally.waiting--;
    tally.seatsWaiting -= ticket.seats;
    this.refuse(ticket, reason, now);
    ticket.decided?.();
  }

  private refuse({ flow, arrivedAt }: Ticket, reason: RejectReason, now: number): void {
    this.turnAway(flow, reason);
    flow.tally.inVain.observe((now - arrivedAt) / 1000);
  }
}
