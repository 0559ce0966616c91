import type { Revision, StreamName } from '@shiplog/domain';
import type { StoredEvent } from '../log/stored-event.js';
import { AckPolicy, DeliverPolicy, ReplayPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, nanos, nuid, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { Deliveries, isOfStream, type Feed, type ReadMessage } from './feed.js';
import { countLag } from './feed-lag.js';

const heartbeatMs = 2_000;
const abandonedAfterMs = 15_000;

/** A message to hand on, or the server's question whether all before it has been taken (its flow control). */
type Arrival = { readonly event: StoredEvent } | { readonly flowControl: string };

/**
 * A push consumer: events come as they happen. Answers the server's flow control only once the events before have been taken, so that a slow
 * reader slows the server down and fills no memory.
 */
export class PushedFeed implements Feed {
  private arrivals: Arrival[] = [];
  private readonly deliveries: Deliveries;
  private heardAt = Date.now();
  private failure: Error | undefined;
  private wake: (() => void) | undefined;
  private readonly inbox: string;
  private readonly name = nuid.next();
  private readonly subscription: Subscription;
  private readonly watchdog: NodeJS.Timeout;
  private readonly stopCounting: () => void;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    readonly stream: StreamName,
    inboxPrefix: string | undefined,
    private readonly read: ReadMessage,
  ) {
    this.deliveries = new Deliveries(stream);
    this.inbox = createInbox(inboxPrefix);
    this.subscription = connection.subscribe(this.inbox, {
      callback: (error, message) => (error ? this.fail(error) : this.receive(message)),
    });
    this.watchdog = setInterval(() => {
      if (Date.now() - this.heardAt > 3 * heartbeatMs) this.fail(new Error(`${stream}: no heartbeat from the log`));
    }, heartbeatMs).unref();
    this.stopCounting = countLag(this);
  }

  get lag(): number {
    return this.deliveries.pending + this.arrivals.filter((arrival) => 'event' in arrival).length;
  }

  static async open(
    connection: NatsConnection,
    manager: JetStreamManager,
    stream: StreamName,
    after: Revision,
    inboxPrefix: string | undefined,
    read: ReadMessage,
  ): Promise<PushedFeed> {
    const feed = new PushedFeed(connection, manager, stream, inboxPrefix, read);
    try {
      await manager.consumers.add(stream, {
        name: feed.name,
        deliver_subject: feed.inbox,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: Number(after + 1n),
        ack_policy: AckPolicy.None,
        replay_policy: ReplayPolicy.Instant,
        max_deliver: 1,
        mem_storage: true,
        num_replicas: 1,
        flow_control: true,
        idle_heartbeat: nanos(heartbeatMs),
        inactive_threshold: nanos(abandonedAfterMs),
      });
      return feed;
    } catch (error) {
      feed.close();
      throw error;
    }
  }

  /** All that has arrived since the last call. */
  async take(): Promise<StoredEvent[]> {
    for (;;) {
      const arrivals = this.arrivals;
      this.arrivals = [];
      const events: StoredEvent[] = [];
      for (const arrival of arrivals) {
        if ('event' in arrival) events.push(arrival.event);
        else this.connection.publish(arrival.flowControl);
      }
      if (events.length > 0) return events;
      if (this.failure) throw this.failure;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }

  close(): void {
    clearInterval(this.watchdog);
    this.stopCounting();
    this.fail(new Error('closed'));
    if (this.connection.isClosed()) return;
    this.subscription.unsubscribe();
    // If the server does not hear this it drops the consumer by itself, after its inactivity threshold.
    this.manager.consumers.delete(this.stream, this.name).catch(() => undefined);
  }

  private receive(message: Msg): void {
    this.heardAt = Date.now();
    if (this.failure) return;
    try {
      if (isOfStream(message)) this.arrivals.push({ event: this.read(message, this.deliveries.next(message)) });
      else this.receiveStatus(message);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.wake?.();
  }

  private receiveStatus(message: Msg): void {
    if (message.reply) this.arrivals.push({ flowControl: message.reply });
    const stalled = message.headers?.get('Nats-Consumer-Stalled');
    if (stalled) this.arrivals.push({ flowControl: stalled });
    const last = message.headers?.get('Nats-Last-Consumer');
    if (last && Number(last) !== this.deliveries.count)
      throw new Error(`${this.stream}: the server has sent ${last} messages, ${this.deliveries.count} arrived`);
  }
}
