import { setTimeout as sleep } from 'node:timers/promises';
import { AppendConflict, type ResourceEvent, type Revision } from '@shiplog/domain';
import { configMapKey, newEvent, startNats, type RunningNats } from '@shiplog/testing';
import { connectEventStore } from '../connect-event-store.js';
import type { JetStreamEventStore } from './jetstream-event-store.js';

jest.setTimeout(60_000);

let nats: RunningNats;
let store: JetStreamEventStore;
beforeEach(async () => {
  nats = await startNats();
  store = await connectEventStore({ natsUrl: nats.url, name: 'test', streams: {}, appendTimeoutMs: 30_000 });
});
afterEach(async () => {
  await store.close();
  await nats.stop();
});

/** Follows into a growing list until stopped. */
function recording(after: Revision): { events: ResourceEvent[]; stop(): Promise<void> } {
  const events: ResourceEvent[] = [];
  const stop = new AbortController();
  const done = (async () => {
    for await (const batch of store.follow('RESOURCES', after, stop.signal)) events.push(...batch);
  })();
  return {
    events,
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await sleep(20);
};

describe('when the NATS server is killed under writes', () => {
  test.each([
    ['one writer', 1],
    ['few writers, plain publishes', 8],
    ['many writers, atomic batches', 100],
  ])('nothing acknowledged is lost or doubled: %s', async (_, writers) => {
    const recorded = recording(0n);
    const acknowledged = new Map<string, Revision>();
    const stop = new AbortController();
    const write = async (): Promise<void> => {
      const key = configMapKey();
      let revision = 0n;
      while (!stop.signal.aborted) {
        const event = newEvent(key, revision === 0n ? 'created' : 'updated');
        revision = await store.append(event, revision);
        expect(acknowledged.has(event.context.id)).toBe(false);
        acknowledged.set(event.context.id, revision);
      }
    };
    const writing = Promise.all(Array.from({ length: writers }, write));
    for (let crash = 0; crash < 3; crash += 1) {
      const goal = acknowledged.size + 200;
      await until(() => acknowledged.size >= goal);
      await nats.kill();
      await sleep(100);
      await nats.start();
    }
    stop.abort();
    await writing;

    const last = await store.lastRevision('RESOURCES');
    await until(() => (recorded.events.at(-1)?.revision ?? 0n) >= last);
    await recorded.stop();
    const stored = recorded.events.map(({ context, revision }): [string, Revision] => [context.id, revision]);
    expect(new Set(stored.map(([id]) => id)).size).toBe(stored.length);
    expect(new Map(stored)).toEqual(acknowledged);
    expect(stored.map(([, revision]) => revision)).toEqual(stored.map((_pair, i) => BigInt(i + 1)));
  });

  it('follows on from where it was', async () => {
    const recorded = recording(0n);
    const first = await store.append(newEvent(configMapKey()), 0n);
    await until(() => recorded.events.length === 1);
    await nats.kill();
    await nats.start();
    const second = await store.append(newEvent(configMapKey()), 0n);
    await until(() => recorded.events.length === 2);
    expect(recorded.events.map(({ revision }) => revision)).toEqual([first, second]);
    await recorded.stop();
  });

  it('recognises its own append by the revision it expected when the id is forgotten', async () => {
    const key = configMapKey();
    const event = newEvent(key);
    const revision = await store.append(event, 0n);
    const later = await store.append(newEvent(key, 'updated'), revision);
    expect(await store.append(event, 0n)).toBe(revision);
    await expect(store.append(newEvent(key), 0n)).rejects.toBeInstanceOf(AppendConflict);
    expect(later).toBeGreaterThan(revision);
  });

  it('answers what was asked when the server died', async () => {
    const key = configMapKey();
    const revision = await store.append(newEvent(key), 0n);
    await nats.kill();
    await sleep(50);
    const asked = Promise.all([store.lastRevision('RESOURCES'), store.last(key)]);
    await nats.start();
    expect(await asked).toMatchObject([revision, { revision }]);
  });

  it('gives an append up as unknown after its deadline', async () => {
    const hurried = await connectEventStore({ natsUrl: nats.url, name: 'hurried', appendTimeoutMs: 100 });
    nats.pause();
    await expect(hurried.append(newEvent(configMapKey()), 0n)).rejects.toMatchObject({ name: 'AppendUnknown' });
    nats.resume();
    await hurried.close();
  });

  it('says of what has not left that nothing was written, once the server stays away', async () => {
    const changes: boolean[] = [];
    const onConnection = ({ isConnected }: { isConnected: boolean }): number => changes.push(isConnected);
    const away = await connectEventStore({ natsUrl: nats.url, name: 'away', onConnection });
    const [key, event] = [configMapKey(), newEvent(configMapKey())];
    await away.append(newEvent(key), 0n);
    await nats.kill();
    await until(() => changes.length === 1);
    const outOfReach = { reason: 'ServiceUnavailable', details: { retryAfterSeconds: 1 } };
    const asked = performance.now();
    await expect(away.append(event, 0n)).rejects.toMatchObject(outOfReach);
    expect(performance.now() - asked).toBeGreaterThan(2_000);
    // It has been away long enough by now: nobody waits any more.
    const askedAgain = performance.now();
    await expect(away.append(event, 0n)).rejects.toMatchObject(outOfReach);
    await expect(away.last(key)).rejects.toMatchObject(outOfReach);
    expect(performance.now() - askedAgain).toBeLessThan(1_000);
    await nats.start();
    await until(() => changes.length === 2);
    expect(changes).toEqual([false, true]);
    expect(await away.lastRevision('RESOURCES')).toBe(1n);
    await away.close();
  });

  it('says of what may have arrived that nobody knows, once the server stays away', async () => {
    const asked = store.append(newEvent(configMapKey()), 0n);
    nats.pause();
    const sent = store.append(newEvent(configMapKey()), 0n);
    await sleep(50);
    await nats.kill();
    await asked.catch(() => undefined);
    await expect(sent).rejects.toMatchObject({ name: 'AppendUnknown' });
    await nats.start();
  });

  it('refuses to follow a log that ends before the revision it is asked to follow from', async () => {
    await store.append(newEvent(configMapKey()), 0n);
    await expect(async () => {
      for await (const events of store.follow('RESOURCES', 500n, new AbortController().signal))
        expect(events).toEqual([]);
    }).rejects.toMatchObject({ reason: 'Gone' });
  });
});
