import { connect, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';

export interface NatsAccess {
  readonly natsUrl: string;
  /** One of the users of `renderNatsConfiguration`; none on a server without authorization. */
  readonly natsUser?: string;
  readonly natsPassword?: string;
}

/** Where a user gets its answers: a subject of its own, so that no component reads what another was told. */
export const inboxPrefixOf = (user: string): string => `_INBOX.${user}`;

/** Options of a connection that never gives up; also for Nest's NATS transport, whose inbox must be the user's own too. */
export function natsOptions({ natsUrl, natsUser, natsPassword }: NatsAccess, name: string): NodeConnectionOptions {
  return {
    servers: natsUrl.split(','),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 100,
    waitOnFirstConnect: true,
    pingInterval: 10_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(natsUser ? { user: natsUser, pass: natsPassword ?? '', inboxPrefix: inboxPrefixOf(natsUser) } : {}),
  };
}

/** Connects, waiting for a server that is not there yet until the signal aborts. */
export async function connectNats(access: NatsAccess, name: string, signal?: AbortSignal): Promise<NatsConnection> {
  const connecting = connect(natsOptions(access, name));
  if (!signal) return connecting;
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    void connecting.then(
      (connection) => connection.close(),
      () => undefined,
    );
    throw error;
  }
}
