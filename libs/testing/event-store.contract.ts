import { randomUUID } from 'node:crypto';
import {
  AppendConflict,
  serializeObject,
  type EventStore,
  type EventType,
  type KubeObject,
  type NewResourceEvent,
  type ObjectKey,
  type ResourceEvent,
  type Revision,
  type StreamName,
} from '@shiplog/domain';

/** A ConfigMap's key; the name is random unless given, so that tests sharing a store do not meet. */
export const configMapKey = (name: string = randomUUID(), stream: StreamName = 'RESOURCES'): ObjectKey => ({
  stream,
  group: '',
  plural: 'configmaps',
  namespace: 'default',
  name,
});

/** An event of an object with this data in it. */
export function newEvent(
  key: ObjectKey,
  type: EventType = 'created',
  data: Record<string, string> = {},
  context: Partial<NewResourceEvent['context']> = {},
): NewResourceEvent {
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: key.name, namespace: key.namespace }, data };
  return {
    type,
    key,
    body: serializeObject(object as unknown as KubeObject),
    context: {
      id: randomUUID(),
      source: 'test',
      time: '2030-01-02T03:04:05.678Z',
      subject: `/api/v1/namespaces/${key.namespace}/${key.plural}/${key.name}`,
      user: 'jane',
      groups: ['system:authenticated'],
      correlationId: randomUUID(),
      verb: type === 'created' ? 'create' : type === 'updated' ? 'update' : 'delete',
      change: 'spec',
      ...context,
    },
  };
}

/** Follows until it has this many events. */
export async function takeEvents(
  store: EventStore,
  stream: StreamName,
  after: Revision,
  count: number,
): Promise<ResourceEvent[]> {
  const stop = new AbortController();
  const events: ResourceEvent[] = [];
  for await (const batch of store.follow(stream, after, stop.signal)) {
    events.push(...batch);
    if (events.length >= count) break;
  }
  stop.abort();
  return events;
}

const conflictOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** What every EventStore promises. `open` gives a store; it may be shared by all tests. */
export function describeEventStore(name: string, open: () => Promise<EventStore>): void {
  describe(`${name} keeps the promises of an event store`, () => {
    let store: EventStore;
    beforeAll(async () => {
      store = await open();
    });

    it('gives back what was appended, with all of its context', async () => {
      const event = newEvent(
        configMapKey(),
        'created',
        { greeting: 'grüß dich' },
        { causationId: 'RESOURCES/7', fieldManager: 'a b' },
      );
      const revision = await store.append(event, 0n);
      expect(await store.last(event.key)).toEqual({ ...event, revision, body: expect.anything() });
      expect(Buffer.from((await store.last(event.key))!.body)).toEqual(Buffer.from(event.body));
      expect(await store.lastRevision('RESOURCES')).toBe(revision);
    });

    it('refuses an append on another revision than the last, and names that one', async () => {
      const key = configMapKey();
      const first = await store.append(newEvent(key), 0n);
      const second = await store.append(newEvent(key, 'updated'), first);
      for (const expected of [0n, first]) {
        const error = await conflictOf(store.append(newEvent(key, 'updated'), expected));
        expect(error).toBeInstanceOf(AppendConflict);
        expect(error).toMatchObject({ expected, actual: second });
      }
    });

    it('takes a create after a delete only on top of the tombstone', async () => {
      const key = configMapKey();
      const created = await store.append(newEvent(key), 0n);
      const deleted = await store.append(newEvent(key, 'deleted'), created);
      await expect(store.append(newEvent(key), 0n)).rejects.toMatchObject({ actual: deleted });
      expect((await store.last(key))?.type).toBe('deleted');
      expect(await store.append(newEvent(key), deleted)).toBeGreaterThan(deleted);
    });

    it('never applies a retried append twice', async () => {
      const event = newEvent(configMapKey());
      const revision = await store.append(event, 0n);
      expect(await store.append(event, 0n)).toBe(revision);
      expect(await store.lastRevision('RESOURCES')).toBe(revision);
    });

    it('lets one of many writers of an object win', async () => {
      const key = configMapKey();
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => store.append(newEvent(key), 0n)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(AppendConflict);
    });

    it('settles each of many appends at once by its own merits', async () => {
      const taken = await Promise.all(
        [1, 2, 3]
          .map(() => configMapKey())
          .map(async (key) => {
            await store.append(newEvent(key), 0n);
            return key;
          }),
      );
      const before = await store.lastRevision('RESOURCES');
      const fresh = Array.from({ length: 300 }, () => configMapKey());
      const keys = [
        ...fresh.slice(0, 100),
        taken[0]!,
        ...fresh.slice(100, 200),
        taken[1]!,
        ...fresh.slice(200),
        taken[2]!,
      ];
      const results = await Promise.allSettled(keys.map((key) => store.append(newEvent(key), 0n)));
      expect(results.flatMap(({ status }, i) => (status === 'rejected' ? [keys[i]] : []))).toEqual(taken);
      const events = await takeEvents(store, 'RESOURCES', before, 300);
      const revisionOf = new Map(events.map(({ key, revision }) => [key.name, revision]));
      results.forEach((result, i) => {
        if (result.status === 'fulfilled') expect(revisionOf.get(keys[i]!.name)).toBe(result.value);
      });
    });

    it('follows in order and without gaps from any revision, while writes go on', async () => {
      const before = await store.lastRevision('RESOURCES');
      const following = takeEvents(store, 'RESOURCES', before, 200);
      const revisions: Revision[] = [];
      for (let i = 0; i < 10; i += 1)
        revisions.push(
          ...(await Promise.all(Array.from({ length: 20 }, () => store.append(newEvent(configMapKey()), 0n)))),
        );
      const expected = revisions.sort((a, b) => Number(a - b));
      expect((await following).map(({ revision }) => revision)).toEqual(expected);
      const middle = expected[100]!;
      expect((await takeEvents(store, 'RESOURCES', middle, 99)).map(({ revision }) => revision)).toEqual(
        expected.slice(101),
      );
    });

    it('keeps streams apart', async () => {
      const lease = configMapKey(undefined, 'LEASES');
      const before = await store.lastRevision('RESOURCES');
      const first = await store.append(newEvent(lease), 0n);
      const second = await store.append(newEvent(lease, 'updated'), first);
      expect(await store.lastRevision('LEASES')).toBe(second);
      expect(await store.lastRevision('RESOURCES')).toBe(before);
    });

    it('knows nothing of an object that was never written', async () => {
      expect(await store.last(configMapKey())).toBeUndefined();
    });

    it('stops following when aborted', async () => {
      const stop = new AbortController();
      const after = await store.lastRevision('RESOURCES');
      const following = (async () => {
        for await (const events of store.follow('RESOURCES', after, stop.signal)) expect(events).toEqual([]);
        return 'ended';
      })();
      setTimeout(() => stop.abort(), 20);
      expect(await following).toBe('ended');
    });
  });
}
