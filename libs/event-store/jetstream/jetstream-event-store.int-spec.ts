import { configMapKey, describeEventStore, newEvent, startNats, type RunningNats } from '@shiplog/testing';
import { connectEventStore } from '../connect-event-store.js';
import { parseKeyRing, rotatedKeyRing } from '../sealing/key-ring.js';
import type { JetStreamEventStore } from './jetstream-event-store.js';

const keyRing = parseKeyRing(rotatedKeyRing('k1'), 'test');
let nats: RunningNats;
const open: JetStreamEventStore[] = [];
const connected = async (
  options: { batchFrom?: number; keyRing?: typeof keyRing } = { keyRing },
): Promise<JetStreamEventStore> => {
  const store = await connectEventStore({ natsUrl: nats.url, name: 'test', streams: {}, ...options });
  open.push(store);
  return store;
};
beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await Promise.all(open.map((store) => store.close()));
  await nats.stop();
});

describeEventStore('JetStreamEventStore', () => connected());
describeEventStore('JetStreamEventStore, always in batches', () => connected({ batchFrom: 2 }));
describeEventStore('JetStreamEventStore, never in batches', () => connected({ batchFrom: 10_000 }));

describe('JetStreamEventStore', () => {
  it('sets up its streams again without harm', async () => {
    const store = await connected();
    const revision = await store.append(newEvent(configMapKey()), 0n);
    await connected();
    expect(await store.lastRevision('RESOURCES')).toBe(revision);
  });

  it('shows a Secret to those with the key ring only', async () => {
    const writer = await connected({ keyRing });
    const key = { ...configMapKey(), plural: 'secrets' };
    const event = newEvent(key, 'created', { password: 'hunter2' });
    await writer.append(event, 0n);
    expect(Buffer.from((await writer.last(key))!.body)).toEqual(Buffer.from(event.body));
    const reader = await connected({});
    const seen = Buffer.from((await reader.last(key))!.body).toString();
    expect(seen).toContain(key.name);
    expect(seen).not.toContain('hunter2');
  });

  it('keeps one message of each lease', async () => {
    const store = await connected();
    const key = configMapKey(undefined, 'LEASES');
    let revision = 0n;
    for (let i = 0; i < 5; i += 1) revision = await store.append(newEvent(key, 'updated'), revision);
    const { state } = await store.manager.streams.info('LEASES', {
      subjects_filter: `leases.core.configmaps.default.${key.name}`,
    });
    expect(state.subjects).toEqual({ [`leases.core.configmaps.default.${key.name}`]: 1 });
  });
});
