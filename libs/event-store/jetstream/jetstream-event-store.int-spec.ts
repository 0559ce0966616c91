import { configMapKey, describeEventStore, newEvent, startNats, takeEvents, type RunningNats } from '@shiplog/testing';
import { connectEventStore } from '../connect-event-store.js';
import { parseKeyRing, rotatedKeyRing } from '../sealing/key-ring.js';
import type { JetStreamEventStore } from './jetstream-event-store.js';

const keyRing = parseKeyRing(rotatedKeyRing('k1'), 'test');
let nats: RunningNats;
const open: JetStreamEventStore[] = [];
const connected = async (
  options: { batchFrom?: number; keyRing?: typeof keyRing; pulls?: boolean } = { keyRing },
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
describeEventStore('JetStreamEventStore, events pulled', () => connected({ pulls: true }));

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

  test.each([
    ['in a batch', 2],
    ['side by side', 10_000],
  ])('knows its own events again when they were published %s, sealed ones too', async (_, batchFrom) => {
    const [writer, other] = [await connected({ keyRing, batchFrom }), await connected()];
    const events = ['configmaps', 'secrets', 'configmaps'].map((plural) => ({
      ...newEvent({ ...configMapKey(), plural }, 'created', { a: '1' }),
      object: { apiVersion: 'v1', kind: 'Any', metadata: {} },
    }));
    const revisions = await Promise.all(events.map((event) => writer.append(event, 0n)));
    const from = revisions.reduce((a, b) => (a < b ? a : b)) - 1n;
    const seen = await takeEvents(writer, 'RESOURCES', from, events.length);
    for (const event of events) expect(seen.find(({ key }) => key === event.key)?.object).toBe(event.object);
    const foreign = await takeEvents(other, 'RESOURCES', from, events.length);
    expect(foreign.map(({ object }) => object)).toEqual([undefined, undefined, undefined]);
    const without = ({ object: _object, body, ...rest }: (typeof seen)[number]) => ({ ...rest, body: String(body) });
    expect(foreign.map(without)).toEqual(seen.map(without));
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
