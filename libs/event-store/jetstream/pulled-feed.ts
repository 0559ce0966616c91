import { nanos, type Msg } from '@nats-io/nats-core';
import type { Revision } from '@shiplog/domain';
import type { StoredEvent } from '../log/stored-event.js';
import { Feed, heartbeatMs, type FeedSource } from './feed.js';

/** How long the server waits for the first event before it says that there is none. */
const patienceMs = 30_000;
/** What one request brings at most. */
const most = { batch: 1_000, max_bytes: 8 << 20 };
const idleHeartbeat = 100;

/** The status with which a request ends: nothing more is there, nothing came in time, or no more fits into `max_bytes` (NATS' ADR-13). */
const isEnd = (code: number | undefined, description: string): boolean =>
  code === 404 || code === 408 || (code === 409 && description.includes('MaxBytes'));

/**
 * A pull consumer, asked for all there is each time that events are taken. For who takes them in sets, now and then: in between neither the server
 * nor this process is woken for an event, and what waits lies in the log.
 */
export class PulledFeed extends Feed {
  protected isExpecting = false;
  private events: StoredEvent[] = [];
  private request = 0;

  static open(source: FeedSource, after: Revision): Promise<PulledFeed> {
    return new PulledFeed(source, '.*').openAfter(after, {});
  }

  override async take(): Promise<StoredEvent[]> {
    for (;;) {
      if (!this.isExpecting && this.events.length > 0) {
        const { events } = this;
        this.events = [];
        return events;
      }
      if (this.failure) throw this.failure;
      if (!this.isExpecting) this.ask();
      await this.untilGoOn();
    }
  }

  override fail(error: Error): void {
    this.isExpecting = false;
    super.fail(error);
  }

  protected override get waiting(): number {
    return this.events.length;
  }

  protected override receiveEvent(event: StoredEvent): void {
    if (this.events.push(event) === most.batch) this.ended();
  }

  protected override receiveStatus({ subject, headers }: Msg): void {
    const { code, description = '' } = headers ?? {};
    // A request that brought all it may has ended by itself; that its batch is complete is said behind it.
    if (!this.isExpecting || code === idleHeartbeat || subject !== this.replySubject) return;
    if (!isEnd(code, description)) throw new Error(`${this.stream}: the log says ${code} ${description}`);
    this.ended();
  }

  /** Of one request: what is said of an earlier one does not end it. */
  private get replySubject(): string {
    return `${this.inbox}.${this.request}`;
  }

  /** With both `no_wait` and `expires` the server waits for the first event, sends what there is and says that this was all. */
  private ask(): void {
    this.request += 1;
    this.isExpecting = true;
    this.expectFromNow();
    const times = { expires: nanos(patienceMs), idle_heartbeat: nanos(heartbeatMs) };
    this.source.connection.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.name}`,
      JSON.stringify({ ...most, ...times, no_wait: true }),
      { reply: this.replySubject },
    );
  }

  /** Nothing more comes of what was asked for. */
  private ended(): void {
    this.isExpecting = false;
    this.goOn();
  }
}
