import { JetStreamApiError } from '@nats-io/jetstream';
import { errors, type NatsConnection } from '@nats-io/nats-core';
import { unavailable } from '@shiplog/domain';
import { NoAnswer } from './no-answer.js';

class ConnectionLost extends Error {}

/** A restart of the server takes less: who asks meanwhile waits for it. Later on it is told at once. */
const patienceMs = 3_000;

/** Told when the connection is lost and when it is found again, `seconds` later. */
export type OnConnection = (change: { isConnected: boolean; server: string; seconds: number }) => void;

/** Knows when the connection is lost and when it is found again: whatever was asked before will not be answered any more. */
export class Reconnects {
  private readonly onLoss = new Set<() => void>();
  private readonly onReturn = new Set<() => void>();
  private lostAt: number | undefined;

  constructor(connection: NatsConnection, onConnection: OnConnection = () => undefined) {
    void this.listen(connection, onConnection);
  }

  get isConnected(): boolean {
    return this.lostAt === undefined;
  }

  /** Calls back when the connection has been lost, and with it the answers to all that was asked. Returns how to stop being told. */
  lostBy(callback: (loss: Error) => void): () => void {
    return listening(this.onLoss, () => callback(new ConnectionLost('the connection was lost before the answer came')));
  }

  /** Calls back when the connection has been found again. Returns how to stop being told. */
  listenedBy(callback: () => void): () => void {
    return listening(this.onReturn, callback);
  }

  /** Waits for the connection, until three seconds after its loss. @throws StatusError ServiceUnavailable */
  async connected(): Promise<void> {
    if (this.lostAt === undefined) return;
    const ms = Math.ceil(this.lostAt + patienceMs - performance.now());
    if (ms > 0) await this.found(AbortSignal.timeout(ms));
    if (this.lostAt === undefined) return;
    const seconds = Math.round((performance.now() - this.lostAt) / 1000);
    throw unavailable(`the log does not answer: nats-server has been out of reach for ${seconds} s`);
  }

  /** Waits for the connection for as long as it takes, or until the signal aborts. */
  async found(signal: AbortSignal): Promise<void> {
    if (this.isConnected || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = this.listenedBy(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** The answer, or a failure as soon as the loss of the connection has made it impossible; its own timeout would take longer to notice. */
  private async answerOf<T>(answer: Promise<T>): Promise<T> {
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const stop = this.lostBy(reject);
    try {
      return await Promise.race([answer, lost]);
    } finally {
      stop();
    }
  }

  /** The answer to a question that changes nothing: it is asked again when the connection was lost meanwhile. @throws StatusError ServiceUnavailable */
  answerTo<T>(ask: () => Promise<T>): Promise<T> {
    return this.answered(() => this.answerOf(ask()));
  }

  /** The same for a question that fails by itself when the connection is lost. */
  async answered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      if (!this.isConnected) await this.connected();
      try {
        return await ask();
      } catch (error) {
        if (error instanceof ConnectionLost) continue;
        throw isNoAnswer(error)
          ? Object.assign(unavailable(`the log does not answer: ${error.message}`), { cause: error })
          : error;
      }
    }
  }

  private async listen(connection: NatsConnection, onConnection: OnConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' && this.lostAt === undefined) {
        this.lostAt = performance.now();
        onConnection({ isConnected: false, server: status.server, seconds: 0 });
        for (const callback of [...this.onLoss]) callback();
      } else if (status.type === 'reconnect') {
        const seconds = Math.round((performance.now() - (this.lostAt ?? performance.now())) / 100) / 10;
        this.lostAt = undefined;
        onConnection({ isConnected: true, server: status.server, seconds });
        for (const callback of [...this.onReturn]) callback();
      }
    }
  }
}

function listening(callbacks: Set<() => void>, callback: () => void): () => void {
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

/** The server, or the leader of a stream, is not there now; what was asked may be right all the same. */
const isNoAnswer = (error: unknown): error is Error =>
  error instanceof NoAnswer ||
  error instanceof errors.TimeoutError ||
  error instanceof errors.RequestError ||
  error instanceof errors.NoRespondersError ||
  error instanceof errors.ConnectionError ||
  error instanceof errors.ClosedConnectionError ||
  (error instanceof JetStreamApiError && error.status === 503);
