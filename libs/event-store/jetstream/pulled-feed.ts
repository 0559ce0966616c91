import { AckPolicy, DeliverPolicy, ReplayPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, nanos, nuid, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import type { Revision, StreamName } from '@shiplog/domain';
import type { StoredEvent } from '../log/stored-event.js';
import { Deliveries, isOfStream, type Feed, type ReadMessage } from './feed.js';
import { countLag } from './feed-lag.js';

const heartbeatMs = 2_000;
const abandonedAfterMs = 15_000;
/** How long the server waits for the first event before it says that there is none. */
const patienceMs = 30_000;
const most = { batch: 1_000, max_bytes: 8 << 20 };

/** A pull request's end, by its status (ADR-13 of NATS): nothing more is there, or nothing came in time, or no more fits into `max_bytes`. */
const isEnd = (code: number | undefined, description: string): boolean =>
  code === 404 || code === 408 || (code === 409 && description.includes('MaxBytes'));
const heartbeat = 100;

/**
 * A pull consumer, asked for all there is each time that events are taken. For who takes them in sets, now and then: in between neither the server
 * nor this process is woken for an event, and what waits lies in the log.
 */
export class PulledFeed implements Feed {
  private events: StoredEvent[] = [];
  private readonly deliveries: Deliveries;
  private request = 0;
  private isAsked = false;
  private heardAt = 0;
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
    this.inbox = `${createInbox(inboxPrefix)}.`;
    this.subscription = connection.subscribe(`${this.inbox}*`, {
      callback: (error, message) => (error ? this.fail(error) : this.receive(message)),
    });
    this.watchdog = setInterval(() => {
      if (this.isAsked && Date.now() - this.heardAt > 3 * heartbeatMs)
        this.fail(new Error(`${stream}: no heartbeat from the log`));
    }, heartbeatMs).unref();
    this.stopCounting = countLag(this);
  }

  get lag(): number {
    return this.deliveries.pending + this.events.length;
  }

  static async open(
    connection: NatsConnection,
    manager: JetStreamManager,
    stream: StreamName,
    after: Revision,
    inboxPrefix: string | undefined,
    read: ReadMessage,
  ): Promise<PulledFeed> {
    const feed = new PulledFeed(connection, manager, stream, inboxPrefix, read);
    try {
      await manager.consumers.add(stream, {
        name: feed.name,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: Number(after + 1n),
        ack_policy: AckPolicy.None,
        replay_policy: ReplayPolicy.Instant,
        mem_storage: true,
        num_replicas: 1,
        inactive_threshold: nanos(abandonedAfterMs),
      });
      return feed;
    } catch (error) {
      feed.close();
      throw error;
    }
  }

  async take(): Promise<StoredEvent[]> {
    for (;;) {
      if (!this.isAsked && this.events.length > 0) {
        const { events } = this;
        this.events = [];
        return events;
      }
      if (this.failure) throw this.failure;
      if (!this.isAsked) this.ask();
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.ended();
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

  /** With both `no_wait` and `expires` the server waits for the first event, sends what there is and says that this was all. */
  private ask(): void {
    this.isAsked = true;
    this.heardAt = Date.now();
    const times = { expires: nanos(patienceMs), idle_heartbeat: nanos(heartbeatMs) };
    this.connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.name}`,
      JSON.stringify({ ...most, ...times, no_wait: true }),
      { reply: this.inbox + ++this.request },
    );
  }

  private receive(message: Msg): void {
    this.heardAt = Date.now();
    if (this.failure) return;
    try {
      if (!isOfStream(message)) return this.receiveStatus(message);
      const revision = this.deliveries.next(message);
      this.events.push(this.read(message, revision));
      if (this.events.length === most.batch) this.ended();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private receiveStatus({ subject, headers }: Msg): void {
    const { code, description = '' } = headers ?? {};
    if (code === heartbeat || subject !== this.inbox + this.request) return;
    if (!isEnd(code, description)) throw new Error(`${this.stream}: the log says ${code} ${description}`);
    this.ended();
  }

  /** Nothing more comes of what was asked for. */
  private ended(): void {
    this.isAsked = false;
    this.wake?.();
  }
}
