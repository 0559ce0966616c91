import type { NatsConnection } from '@nats-io/nats-core';

class ConnectionLost extends Error {}

/** Tells when the connection has been lost and found again: whatever was asked before will not be answered any more. */
export class Reconnects {
  private readonly listeners = new Set<() => void>();

  constructor(connection: NatsConnection) {
    void this.listen(connection);
  }

  /** Returns how to stop being told. */
  listenedBy(callback: () => void): () => void {
    this.listeners.add(callback);
    return () => this.listeners.delete(callback);
  }

  /** The answer, or a failure as soon as a reconnect has made it impossible; its own timeout would take longer to notice. */
  async answerOf<T>(answer: Promise<T>): Promise<T> {
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const stop = this.listenedBy(() => reject(new ConnectionLost('the connection was lost before the answer came')));
    try {
      return await Promise.race([answer, lost]);
    } finally {
      stop();
    }
  }

  /** The answer to a question that changes nothing: it is asked again when a reconnect has lost it. */
  async answerTo<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.answerOf(ask());
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
      }
    }
  }

  private async listen(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status())
      if (type === 'reconnect') for (const callback of [...this.listeners]) callback();
  }
}
