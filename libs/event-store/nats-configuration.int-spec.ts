import { configMapKey, newEvent, startNats, takeEvents, type RunningNats } from '@shiplog/testing';
import { connectEventStore } from './connect-event-store.js';
import { connectNats } from './connect-nats.js';
import type { JetStreamEventStore } from './jetstream/jetstream-event-store.js';
import { compactionSubject } from './jetstream/streams.js';

const names = ['api-gateway', 'projector', 'scheduler', 'controller-manager'];
const users = names.map((name) => ({ name, password: `pass "of" ${name}` }));
const password = (user: string): string => users.find(({ name }) => name === user)!.password;

let nats: RunningNats;
let gateway: JetStreamEventStore;
const stores: JetStreamEventStore[] = [];
const as = async (user: string): Promise<JetStreamEventStore> => {
  const access = { natsUrl: nats.url, natsUser: user, natsPassword: password(user) };
  const store = await connectEventStore({
    ...access,
    name: user,
    appendTimeoutMs: 500,
    ...(user === 'api-gateway' ? { streams: {} } : {}),
  });
  stores.push(store);
  return store;
};

beforeAll(async () => {
  nats = await startNats({ users });
  gateway = await as('api-gateway');
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await nats.stop();
});

describe('NATS permissions', () => {
  it('let api-gateway append', async () => {
    const revision = await gateway.append(newEvent(configMapKey()), 0n);
    expect(await gateway.lastRevision('RESOURCES')).toBe(revision);
  });

  test.each(names.slice(1))('let %s follow and look up, not append', async (user) => {
    const store = await as(user);
    const key = configMapKey();
    const revision = await gateway.append(newEvent(key), 0n);
    const events = await takeEvents(store, 'RESOURCES', revision - 1n, 1);
    expect(events[0]?.key).toEqual(key);
    expect((await store.last(key))?.revision).toBe(revision);
    await expect(store.append(newEvent(configMapKey()), 0n)).rejects.toThrow(/[Pp]ermissions/);
    expect(await gateway.lastRevision('RESOURCES')).toBe(revision);
  });

  test.each(names.slice(1))('keep %s from deleting and purging what it must not', async (user) => {
    const store = await as(user);
    const revision = await gateway.append(newEvent(configMapKey()), 0n);
    await expect(store.manager.streams.deleteMessage('RESOURCES', Number(revision))).rejects.toThrow();
    await expect(store.manager.streams.delete('LEASES')).rejects.toThrow();
    if (user === 'projector') return;
    await expect(store.manager.streams.purge('RESOURCES')).rejects.toThrow();
    await expect(store.connection.request(compactionSubject('RESOURCES'), '1')).rejects.toThrow();
  });

  it('let a component send commands as itself only, and hear the answer', async () => {
    gateway.connection.subscribe('commands.*', {
      callback: (_error, message) => {
        message.respond(`to ${message.subject}`);
      },
    });
    await gateway.connection.flush();
    const access = { natsUrl: nats.url, natsUser: 'scheduler', natsPassword: password('scheduler') };
    const scheduler = await connectNats(access, 'scheduler');
    expect((await scheduler.request('commands.scheduler', '{}')).string()).toBe('to commands.scheduler');
    await expect(scheduler.request('commands.controller-manager', '{}')).rejects.toThrow();
    await scheduler.close();
  });

  it('keep a component from listening to the answers of another', async () => {
    const scheduler = await as('scheduler');
    const refused = new Promise((resolve) => {
      scheduler.connection.subscribe('_INBOX.controller-manager.>', { callback: (error) => resolve(error) });
    });
    expect(await refused).toBeInstanceOf(Error);
  });

  it('refuse a stranger', async () => {
    await expect(
      connectNats({ natsUrl: nats.url, natsUser: 'x', natsPassword: 'y' }, 'x', AbortSignal.timeout(1_000)),
    ).rejects.toThrow();
  });
});
