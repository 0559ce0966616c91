import { AppendUnknown, type ObjectKey, type Revision } from '@shiplog/domain';
import type { LogMessage } from '../log/stored-event.js';

/** An append on its way into the log: the message as it will be stored, and whoever waits for its revision. */
export class WaitingAppend {
  readonly since = performance.now();
  /** An earlier attempt got no answer: the message may be in the log already. */
  isAmbiguous = false;
  isSettled = false;

  constructor(
    readonly key: ObjectKey,
    readonly id: string,
    readonly message: LogMessage,
    readonly expected: Revision,
    readonly deadline: number,
    private readonly resolve: (revision: Revision) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  get subject(): string {
    return this.message.subject;
  }

  /** Bytes. */
  get size(): number {
    const { subject, headers, body } = this.message;
    return subject.length + headers.length + body.length;
  }

  stored(revision: Revision): void {
    this.isSettled = true;
    this.resolve(revision);
  }

  failed(error: unknown): void {
    this.isSettled = true;
    this.reject(error);
  }

  /** Gives up waiting for an answer. */
  unknown(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.failed(new AppendUnknown(`the log did not say whether ${this.subject} is durable: ${why}`, { cause }));
  }
}
