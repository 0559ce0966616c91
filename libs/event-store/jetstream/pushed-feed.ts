import { nanos, type Msg } from '@nats-io/nats-core';
import type { Revision } from '@shiplog/domain';
import type { StoredEvent } from '../log/stored-event.js';
import { Feed, heartbeatMs, type FeedSource } from './feed.js';

/** A message to hand on, or the server's question whether all before it has been taken (its flow control). */
type Arrival = { readonly event: StoredEvent } | { readonly flowControl: string };

/**
 * A push consumer: events come as they happen. Answers the server's flow control only once the events before have been taken, so that a slow
 * reader slows the server down and fills no memory.
 */
export class PushedFeed extends Feed {
  protected readonly isExpecting = true;
  private arrivals: Arrival[] = [];

  static open(source: FeedSource, after: Revision): Promise<PushedFeed> {
    const feed = new PushedFeed(source);
    return feed.openAfter(after, {
      deliver_subject: feed.inbox,
      max_deliver: 1,
      flow_control: true,
      idle_heartbeat: nanos(heartbeatMs),
    });
  }

  /** All that has arrived since the last call. */
  override async take(): Promise<StoredEvent[]> {
    for (;;) {
      const arrivals = this.arrivals;
      this.arrivals = [];
      const events: StoredEvent[] = [];
      for (const arrival of arrivals) {
        if ('event' in arrival) events.push(arrival.event);
        else this.source.connection.publish(arrival.flowControl);
      }
      if (events.length > 0) return events;
      if (this.failure) throw this.failure;
      await this.untilGoOn();
    }
  }

  protected override get waiting(): number {
    return this.arrivals.filter((arrival) => 'event' in arrival).length;
  }

  protected override receiveEvent(event: StoredEvent): void {
    this.arrive({ event });
  }

  protected override receiveStatus({ reply, headers }: Msg): void {
    if (reply) this.arrive({ flowControl: reply });
    const stalled = headers?.get('Nats-Consumer-Stalled');
    if (stalled) this.arrive({ flowControl: stalled });
    const last = headers?.get('Nats-Last-Consumer');
    if (last && Number(last) !== this.delivered)
      throw new Error(`${this.stream}: the server has sent ${last} messages, ${this.delivered} arrived`);
  }

  private arrive(arrival: Arrival): void {
    this.arrivals.push(arrival);
    this.goOn();
  }
}
