import { AckPolicy, DeliverPolicy, ReplayPolicy, type ConsumerConfig, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, nanos, nuid, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import type { Revision, StreamName } from '@shiplog/domain';
import type { StoredEvent } from '../log/stored-event.js';
import { countLag, type LaggingFeed } from './feed-lag.js';

/** What a feed reads, and how. */
export interface FeedSource {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly stream: StreamName;
  readonly inboxPrefix: string | undefined;
  readonly read: (message: Msg, revision: Revision) => StoredEvent;
}

export const heartbeatMs = 2_000;
const abandonedAfterMs = 15_000;
/** Where the subject for an acknowledgement begins. Only messages of a stream have one. */
const acknowledgement = '$JS.ACK.';

/**
 * One ordered consumer from one revision on. It fails when it can no longer promise that nothing is missing; then it is to be closed, and another
 * opened where this one ended.
 */
export abstract class Feed implements LaggingFeed {
  readonly stream: StreamName;
  protected failure: Error | undefined;
  /** How many messages have been delivered. */
  protected delivered = 0;
  protected readonly inbox: string;
  protected readonly name = nuid.next();
  /** What the server had still to send when it sent the last event. */
  private pending = 0;
  private heardAt = Date.now();
  private wake: (() => void) | undefined;
  private readonly subscription: Subscription;
  private readonly watchdog: NodeJS.Timeout;
  private readonly stopCounting: () => void;

  /** Hears what the server sends to its inbox, or to the subjects below it. */
  protected constructor(
    protected readonly source: FeedSource,
    below: '' | '.*' = '',
  ) {
    const { connection, stream, inboxPrefix } = source;
    this.stream = stream;
    this.inbox = createInbox(inboxPrefix);
    this.subscription = connection.subscribe(this.inbox + below, {
      callback: (error, message) => (error ? this.fail(error) : this.receive(message)),
    });
    this.watchdog = setInterval(() => {
      if (this.isExpecting && Date.now() - this.heardAt > 3 * heartbeatMs)
        this.fail(new Error(`${stream}: no heartbeat from the log`));
    }, heartbeatMs).unref();
    this.stopCounting = countLag(this);
  }

  /** Events that have not been taken yet, at least one; waits until there is one. @throws once events may have been missed. */
  abstract take(): Promise<StoredEvent[]>;

  get lag(): number {
    return this.pending + this.waiting;
  }

  /** Events that have arrived and have not been taken. */
  protected abstract get waiting(): number;

  /** Whether the server is to be heard of now, be it that there is nothing. */
  protected abstract readonly isExpecting: boolean;

  protected abstract receiveEvent(event: StoredEvent): void;

  /** @throws if it says that something is missing, or that there is nothing to come */
  protected abstract receiveStatus(message: Msg): void;

  /** Ends the feed: what has arrived may still be taken, then `take` throws this. */
  fail(error: Error): void {
    this.failure ??= error;
    this.goOn();
  }

  close(): void {
    clearInterval(this.watchdog);
    this.stopCounting();
    this.fail(new Error('closed'));
    const { connection, manager } = this.source;
    if (connection.isClosed()) return;
    this.subscription.unsubscribe();
    // If the server does not hear this it drops the consumer by itself, after its inactivity threshold.
    manager.consumers.delete(this.stream, this.name).catch(() => undefined);
  }

  /** Makes the consumer. */
  protected async openAfter(revision: Revision, settings: Partial<ConsumerConfig>): Promise<this> {
    try {
      await this.source.manager.consumers.add(this.stream, {
        name: this.name,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: Number(revision + 1n),
        ack_policy: AckPolicy.None,
        replay_policy: ReplayPolicy.Instant,
        mem_storage: true,
        num_replicas: 1,
        inactive_threshold: nanos(abandonedAfterMs),
        ...settings,
      });
      return this;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  protected expectFromNow(): void {
    this.heardAt = Date.now();
  }

  protected untilGoOn(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  protected goOn(): void {
    this.wake?.();
  }

  private receive(message: Msg): void {
    this.heardAt = Date.now();
    if (this.failure) return;
    try {
      if (message.reply?.startsWith(acknowledgement)) this.receiveEvent(this.next(message, message.reply));
      else this.receiveStatus(message);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private next(message: Msg, reply: string): StoredEvent {
    const { revision, delivery, pending } = positionOf(reply);
    if (delivery !== this.delivered + 1)
      throw new Error(`${this.stream}: delivery ${this.delivered + 1} is missing, got ${delivery}`);
    this.delivered = delivery;
    this.pending = pending;
    return this.source.read(message, revision);
  }
}

/** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>[.<token>]` */
function positionOf(reply: string): { revision: Revision; delivery: number; pending: number } {
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 5 : 7;
  return { revision: BigInt(tokens[at] ?? ''), delivery: Number(tokens[at + 1]), pending: Number(tokens[at + 3]) };
}
