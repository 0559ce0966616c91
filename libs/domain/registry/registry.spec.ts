import { MemoryEventStore } from '@shiplog/event-store';
import { resourceFor } from '../resources/resources.js';
import type { KubeObject } from '../api/kube-object.js';
import { AppendUnknown } from '../events/event-store.js';
import type { ObjectKey } from '../events/resource-event.js';
import { parseObject } from '../events/serialized-object.js';
import type { AnyResource } from '../resources/define-resource.js';
import { objectKey } from './object-key.js';
import type { ObjectReader } from './object-reader.js';
import { Registry } from './registry.js';
import type { StoredState, WriteRequest } from './write-request.js';

const configMaps = resourceFor({ group: '', version: 'v1', plural: 'configmaps' }) as AnyResource;
const never = new AbortController().signal;
const request = (fields: Partial<WriteRequest> = {}): WriteRequest => ({
  user: { name: 'jo', groups: [] },
  verb: 'update',
  subresource: '',
  correlationId: 'audit-1',
  fieldManager: 'test',
  dryRun: false,
  options: {},
  warn: () => undefined,
  signal: never,
  ...fields,
});
const configMap = (metadata: KubeObject['metadata'], data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data,
});

/** A registry whose cache lags as far as the test says. */
function setUp(options: { random?: () => number } = {}) {
  const store = new MemoryEventStore();
  const cache = new Map<string, StoredState>();
  let uid = 0;
  let decisions = 0;
  const registry = new Registry({
    store,
    state: { cached: ({ namespace, name }: ObjectKey) => cache.get(`${namespace}/${name}`) },
    read: {} as ObjectReader,
    admission: { admit: ({ object }) => Promise.resolve(object), validate: () => Promise.resolve(void decisions++) },
    trackFields: (_resource, _current, next) => next,
    source: 'test',
    now: () => new Date(0),
    newUid: () => `uid-${++uid}`,
    random: options.random ?? Math.random,
  });
  const key = (name: string): ObjectKey => objectKey(configMaps, 'ns', name);
  const catchUp = async (name: string): Promise<void> => {
    const last = await store.last(key(name));
    if (last)
      cache.set(
        `ns/${name}`,
        last.type === 'deleted'
          ? { revision: last.revision }
          : { revision: last.revision, object: parseObject(last.body, last.revision) },
      );
  };
  return { store, registry, key, catchUp, decisions: () => decisions };
}

test('what is created is one event that says who, why and what', async () => {
  const { registry, store, key } = setUp();
  const { revision, object } = await registry.create(
    configMaps,
    'ns',
    configMap({ name: 'a' }),
    request({ verb: 'create', causationId: 'RESOURCES/9' }),
  );
  expect([revision, object.metadata.resourceVersion]).toEqual([1n, '1']);
  expect(await store.last(key('a'))).toMatchObject({
    type: 'created',
    context: {
      user: 'jo',
      verb: 'create',
      correlationId: 'audit-1',
      causationId: 'RESOURCES/9',
      change: 'spec',
      subject: '/api/v1/namespaces/ns/configmaps/a',
    },
  });
});

test('a name can be used again after a delete, even if the cache knows of neither', async () => {
  const { registry } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request());
  await registry.delete(configMaps, 'ns', 'a', {}, request());
  const again = await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request());
  expect(again.revision).toBe(3n);
});

test('a taken name is refused, even if the cache does not know it', async () => {
  const { registry } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request());
  await expect(registry.create(configMaps, 'ns', configMap({ name: 'a' }), request())).rejects.toMatchObject({
    reason: 'AlreadyExists',
  });
});

test('an object whose name is taken is decided about once, however often its name is looked up', async () => {
  const { registry, catchUp, decisions } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request());
  await catchUp('a');
  await expect(registry.create(configMaps, 'ns', configMap({ name: 'a' }), request())).rejects.toMatchObject({
    reason: 'AlreadyExists',
  });
  expect(decisions()).toBe(2);
});

test('a cache that still shows a deleted object does not stop its name from being used', async () => {
  const { registry, catchUp } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request());
  await catchUp('a');
  await registry.delete(configMaps, 'ns', 'a', {}, request());
  await expect(registry.create(configMaps, 'ns', configMap({ name: 'a' }), request())).resolves.toMatchObject({
    revision: 3n,
  });
});

test('an update without a resourceVersion is made on the last state, however far the cache lags', async () => {
  const { registry, catchUp } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request());
  await catchUp('a');
  const add = (key: string) => (current: KubeObject) => ({
    ...current,
    metadata: { name: 'a' },
    data: { ...(current['data'] as object | undefined), [key]: 'x' },
  });
  await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => registry.update(configMaps, 'ns', 'a', add(name), request({ verb: 'patch' }))),
  );
  await catchUp('a');
  const { object } = await registry.update(configMaps, 'ns', 'a', (current) => current, request());
  expect(object['data']).toEqual({ a: 'x', b: 'x', c: 'x', d: 'x' });
});

test.each([
  ['that would have changed nothing before', { a: '1' }, {}, 3n],
  ['that is only tried', { b: '1' }, { dryRun: true }, 2n],
])('an update %s is decided on the last state, however far the cache lags', async (_, added, more, expected) => {
  const { registry, catchUp } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }, { a: '1' }), request());
  await catchUp('a');
  const change = (data: object) => (current: KubeObject) => ({
    ...current,
    data: { ...(current['data'] as object | undefined), ...data },
  });
  await registry.update(configMaps, 'ns', 'a', change({ a: '2' }), request({ verb: 'patch' }));
  const asked = request({ verb: 'patch', ...more });
  const { object, revision } = await registry.update(configMaps, 'ns', 'a', change(added), asked);
  expect([object['data'], revision]).toEqual([{ a: '2', ...added }, expected]);
});

test('an update of an older state is a conflict, one of the newest is none although the cache lags', async () => {
  const { registry, catchUp } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request());
  await catchUp('a');
  const put = (resourceVersion: string, value: string) =>
    registry.update(configMaps, 'ns', 'a', () => configMap({ name: 'a', resourceVersion }, { k: value }), request());
  await put('1', 'x');
  await expect(put('1', 'y')).rejects.toMatchObject({ reason: 'Conflict' });
  await expect(put('2', 'z')).resolves.toMatchObject({ revision: 3n });
});

test('a write that changes nothing leaves no event', async () => {
  const { registry, store } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a' }, { k: 'v' }), request());
  const same = await registry.update(configMaps, 'ns', 'a', (current) => current, request());
  expect([same.outcome, same.revision, await store.lastRevision('RESOURCES')]).toEqual(['unchanged', 1n, 1n]);
});

test('a dry run shows what would be and changes nothing', async () => {
  const { registry, store } = setUp();
  const { object } = await registry.create(configMaps, 'ns', configMap({ name: 'a' }), request({ dryRun: true }));
  expect(object.metadata.uid).toBe('uid-1');
  expect(await store.lastRevision('RESOURCES')).toBe(0n);
});

test('a generated name that is taken is tried again with another', async () => {
  const chances = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5];
  const { registry } = setUp({ random: () => chances.shift() ?? 0.9 });
  const first = await registry.create(configMaps, 'ns', configMap({ generateName: 'g-' }), request());
  const second = await registry.create(configMaps, 'ns', configMap({ generateName: 'g-' }), request());
  expect([first.object.metadata.name, second.object.metadata.name]).toEqual(['g-bbbbb', 'g-rrrrr']);
});

test('an object goes when the last of its finalizers does', async () => {
  const { registry, store, key } = setUp();
  await registry.create(configMaps, 'ns', configMap({ name: 'a', finalizers: ['x.io/y'] }), request());
  const held = await registry.delete(configMaps, 'ns', 'a', {}, request());
  expect([held.outcome, held.object.metadata.deletionGracePeriodSeconds]).toEqual(['updated', 0]);
  const gone = await registry.update(
    configMaps,
    'ns',
    'a',
    (current) => ({ ...current, metadata: { ...current.metadata, finalizers: [] } }),
    request(),
  );
  expect([gone.outcome, (await store.last(key('a')))?.type]).toEqual(['deleted', 'deleted']);
});

test('an append without an answer is made again, and not twice', async () => {
  const { registry, store } = setUp();
  const append = store.append.bind(store);
  const answers = jest.spyOn(store, 'append').mockImplementationOnce(async (event, expected) => {
    await append(event, expected);
    throw new AppendUnknown('the answer was lost');
  });
  await expect(registry.create(configMaps, 'ns', configMap({ name: 'a' }), request())).resolves.toMatchObject({
    revision: 1n,
  });
  expect(answers).toHaveBeenCalledTimes(2);
  expect(await store.lastRevision('RESOURCES')).toBe(1n);
});

describe('through another view of a stored kind', () => {
  const core = resourceFor({ group: '', version: 'v1', plural: 'events' }) as AnyResource;
  const view = resourceFor({ group: 'events.k8s.io', version: 'v1', plural: 'events' }) as AnyResource;
  const event = (fields: object = {}): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { namespace: 'default' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      firstTimestamp: null,
      reportingComponent: 'example.com/a',
      reportingInstance: 'i',
      action: 'A',
      reason: 'R',
      type: 'Normal',
      ...fields,
    }) as KubeObject;
  const asked = request({ view, verb: 'create' });

  it("the view's rules hold", async () => {
    const { registry } = setUp();
    await expect(registry.create(core, 'default', event({ type: 'Odd' }), asked)).rejects.toThrow(
      'Event.events.k8s.io "e" is invalid: type',
    );
    await expect(
      registry.create(core, 'default', event({ type: 'Odd' }), request({ verb: 'create' })),
    ).resolves.toBeDefined();
  });

  it('nulls that the store wrote are no change', async () => {
    const { registry } = setUp();
    await registry.create(core, 'default', event(), asked);
    const labelled = ({ firstTimestamp: _null, ...current }: KubeObject): KubeObject =>
      ({ ...current, metadata: { ...current.metadata, labels: { a: 'b' } } }) as KubeObject;
    const { object } = await registry.update(core, 'default', 'e', labelled, request({ view }));
    expect(object.metadata.labels).toEqual({ a: 'b' });
  });

  it('what is missing is missing under its name', async () =>
    expect(setUp().registry.update(core, 'default', 'none', (it) => it, request({ view }))).rejects.toMatchObject({
      details: { group: 'events.k8s.io', kind: 'events' },
    }));
});
