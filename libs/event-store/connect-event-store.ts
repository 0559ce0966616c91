import { setTimeout as sleep } from 'node:timers/promises';
import { JetStreamApiError } from '@nats-io/jetstream';
import { connectNats, inboxPrefixOf, type NatsAccess } from './connect-nats.js';
import { JetStreamEventStore, type JetStreamEventStoreOptions } from './jetstream/jetstream-event-store.js';
import { ensureStreams, type StreamSettings } from './jetstream/streams.js';
import type { KeyRing } from './sealing/key-ring.js';
import { Sealer, type SealedKind } from './sealing/sealer.js';

export interface EventStoreOptions extends NatsAccess, Omit<JetStreamEventStoreOptions, 'sealer' | 'inboxPrefix'> {
  /** Of the connection, as the server's monitoring shows it. */
  readonly name: string;
  /** Opens and seals; without it sealed bodies come as they are stored. */
  readonly keyRing?: KeyRing;
  /** Default: Secrets. */
  readonly sealedKinds?: readonly SealedKind[];
  /** Given by the one who owns the streams (api-gateway); others wait until there are streams. */
  readonly streams?: StreamSettings;
}

const pauseMs = 200;
const streamNotFound = 10059;

/** Connects to the log, and sets up its streams or waits until they are there. Reconnects by itself until closed. */
export async function connectEventStore(
  options: EventStoreOptions,
  signal?: AbortSignal,
): Promise<JetStreamEventStore> {
  const { natsUser, name, keyRing, sealedKinds, streams } = options;
  const connection = await connectNats(options, name, signal);
  try {
    const sealer = new Sealer(keyRing, sealedKinds);
    const inbox = natsUser ? { inboxPrefix: inboxPrefixOf(natsUser) } : {};
    const store = await JetStreamEventStore.on(connection, { ...options, ...inbox, sealer });
    if (streams) await ensureStreams(store.manager, streams);
    else await waitForStreams(store, signal);
    return store;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function waitForStreams(store: JetStreamEventStore, signal: AbortSignal | undefined): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await store.ping();
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== streamNotFound) throw error;
    }
    await sleep(pauseMs, undefined, { signal });
  }
}
