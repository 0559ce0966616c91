import { PassingMap } from '@shiplog/component-base';
import {
  createInbox,
  PermissionViolationError,
  type Msg,
  type NatsConnection,
  type PublishOptions,
  type Subscription,
} from '@nats-io/nats-core';
import { laidOut } from '../log/header-block.js';
import type { LogMessage } from '../log/stored-event.js';
import { NoAnswer } from './no-answer.js';
import type { Reconnects } from './reconnects.js';

interface Asked {
  readonly subject: string;
  /** `performance.now()` from which on no answer is expected any more. */
  readonly until: number;
  resolve(answer: Uint8Array): void;
  reject(error: Error): void;
}

const lookMs = 250;
const noResponders = 503;

/**
 * Publishes and questions that are answered. One subscription receives all answers, each found by the number at the end of its subject, and one timer
 * looks after all of them: the client's own requests cost a timer, a random name, promises and an error with its stack each.
 */
export class Answers {
  private readonly asked = new PassingMap<number, Asked>();
  private last = 0;
  private inbox = '';
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: NatsConnection,
    reconnects: Pick<Reconnects, 'lostBy'>,
    private readonly inboxPrefix: string | undefined,
  ) {
    reconnects.lostBy((loss) => this.failAll(loss));
    void this.listen();
  }

  /** The server's answer to a publish. Rejects as soon as it is clear that none will come, after `timeoutMs` (a quarter of a second more or less) at the latest. */
  to({ subject, headers, body }: LogMessage, timeoutMs: number, moreHeaders = ''): Promise<Uint8Array> {
    return this.ask(subject, timeoutMs, body, { headers: laidOut(headers, moreHeaders) });
  }

  /** The answer to a question that needs no headers, likewise. */
  ask(subject: string, timeoutMs: number, body?: Uint8Array, options: PublishOptions = {}): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.subscribe();
      const number = ++this.last;
      // Throws if it cannot be sent, which rejects.
      this.connection.publish(subject, body, { ...options, reply: this.inbox + number });
      this.asked.set(number, { subject, until: performance.now() + timeoutMs, resolve, reject });
      this.timer ??= setInterval(() => this.lookForLate(), lookMs);
    });
  }

  private subscribe(): void {
    if (this.subscription && !this.subscription.isClosed()) return;
    this.inbox = `${createInbox(this.inboxPrefix)}.`;
    this.subscription = this.connection.subscribe(`${this.inbox}*`, {
      callback: (error, message) => (error ? this.failAll(error) : this.receive(message)),
    });
  }

  private receive(message: Msg): void {
    const number = Number(message.subject.slice(this.inbox.length));
    const asked = this.asked.take(number);
    if (!asked) return;
    if (message.data.length === 0 && message.headers?.code === noResponders)
      asked.reject(new NoAnswer(`no stream takes ${asked.subject}`));
    else asked.resolve(message.data);
  }

  private lookForLate(): void {
    const now = performance.now();
    this.fail(({ until }) => now >= until, new NoAnswer('the log did not answer in time'));
    if (this.asked.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Of a refusal the server says no more than the subject. */
  private async listen(): Promise<void> {
    for await (const status of this.connection.status()) if (status.type === 'error') this.failRefused(status.error);
    this.failAll(new NoAnswer('the connection is closed'));
  }

  private failRefused(error: Error): void {
    if (error instanceof PermissionViolationError && error.operation === 'publish')
      this.fail(({ subject }) => subject === error.subject, error);
  }

  private failAll(error: Error): void {
    this.fail(() => true, error);
  }

  private fail(which: (asked: Asked) => boolean, error: Error): void {
    for (const [number, asked] of this.asked)
      if (which(asked)) {
        this.asked.take(number);
        asked.reject(error);
      }
  }
}
