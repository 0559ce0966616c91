import { AppendUnknown, type ObjectKey, type Revision } from '@shiplog/domain';

/** An append on its way into the log: the message as it will be stored, and whoever waits for its revision. */
export class WaitingAppend {
  readonly size: number;
  readonly since = performance.now();
  /** An earlier attempt got no answer: the message may be in the log already. */
  isAmbiguous = false;
  isSettled = false;

  constructor(
    readonly key: ObjectKey,
    readonly id: string,
    readonly subject: string,
    readonly headers: readonly (readonly [string, string])[],
    readonly body: Uint8Array,
    readonly expected: Revision,
    readonly deadline: number,
    private readonly resolve: (revision: Revision) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.size =
      body.length + subject.length + headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
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
