import { serializeObject, type KubeObject, type ResourceEvent } from '@shiplog/domain';
import { KindCache } from './kind-cache.js';
import { PieceOfMemory } from './packed-bytes.js';
import type { Selection } from './selection.js';
import type { WatchEvent } from './watch-event.js';
import type { Watcher } from './watchers.js';

const fieldsOfPods = {
  'spec.nodeName': (object: KubeObject) => (object['spec'] as { nodeName?: string } | undefined)?.nodeName ?? '',
};

function event(
  revision: number,
  type: ResourceEvent['type'],
  path: string,
  labels: Record<string, string> = {},
  nodeName = '',
): ResourceEvent {
  const [namespace = '', name = ''] = path.split('/');
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec: { nodeName } };
  return {
    type,
    key: { stream: 'RESOURCES', group: '', plural: 'pods', namespace, name },
    body: serializeObject(object),
    revision: BigInt(revision),
    context: {} as ResourceEvent['context'],
  };
}

const newCache = (limits = { ageMs: 1_000, bytes: 1 << 20 }): KindCache => new KindCache(fieldsOfPods, limits);
const feed = (cache: KindCache, events: readonly ResourceEvent[], now = 0): void =>
  events.forEach((one) => cache.apply(one, now));
const labelled = (value: string): Selection => ({ namespace: 'a', matches: ({ labels }) => labels['l'] === value });

class Seen implements Watcher {
  readonly events: WatchEvent[] = [];
  constructor(readonly selection: Selection) {}
  deliver(one: WatchEvent): void {
    this.events.push(one);
  }
  get story(): string[] {
    return this.events.map(({ type, bytes }) => {
      const { name, resourceVersion } = (JSON.parse(bytes.toString()) as KubeObject).metadata;
      return `${type} ${name} ${resourceVersion}`;
    });
  }
}

const life = [
  event(1, 'created', 'a/x', { l: '1' }),
  event(2, 'created', 'a/y', { l: '2' }),
  event(3, 'updated', 'a/x', { l: '2' }),
  event(4, 'created', 'b/z', { l: '1' }),
  event(5, 'deleted', 'a/y', { l: '2' }),
  event(6, 'updated', 'a/x', { l: '1' }),
];

const stories: [string, Selection, string[]][] = [
  ['everything', {}, ['ADDED x 1', 'ADDED y 2', 'MODIFIED x 3', 'ADDED z 4', 'DELETED y 5', 'MODIFIED x 6']],
  ['one namespace', { namespace: 'b' }, ['ADDED z 4']],
  ['one name', { namespace: 'a', name: 'y' }, ['ADDED y 2', 'DELETED y 5']],
  ['what comes into the selection and leaves it', labelled('1'), ['ADDED x 1', 'DELETED x 3', 'ADDED x 6']],
  ['what is deleted while selected', labelled('2'), ['ADDED y 2', 'ADDED x 3', 'DELETED y 5', 'DELETED x 6']],
];

describe.each(stories)('a watch of %s', (_, selection, story) => {
  test('sees it live', () => {
    const cache = newCache();
    const seen = new Seen(selection);
    cache.watch(seen, 0n);
    feed(cache, life);
    expect(seen.story).toEqual(story);
  });

  test('sees the same when it resumes from memory', () => {
    const cache = newCache();
    feed(cache, life);
    for (let revision = 0; revision <= life.length; revision++) {
      const seen = new Seen(selection);
      cache.watch(seen, BigInt(revision));
      expect(seen.story).toEqual(story.filter((line) => Number(line.split(' ')[2]) > revision));
    }
  });
});

test('an object that leaves the selection is shown as it was, at the revision of its leaving', () => {
  const cache = newCache();
  const seen = new Seen(labelled('1'));
  cache.watch(seen, 0n);
  feed(cache, life.slice(0, 3));
  const left = JSON.parse(seen.events[1]?.bytes.toString() ?? '') as KubeObject;
  expect(left.metadata).toMatchObject({ labels: { l: '1' }, resourceVersion: '3' });
});

test('a change costs only the watchers of its node', () => {
  const cache = newCache();
  const onNode = (nodeName: string): Seen =>
    new Seen({ nodeName, matches: (object) => object.field('spec.nodeName') === nodeName });
  const [one, two] = [onNode('n1'), onNode('n2')];
  cache.watch(one, 0n);
  cache.watch(two, 0n);
  feed(cache, [event(1, 'created', 'a/x'), event(2, 'updated', 'a/x', {}, 'n1'), event(3, 'deleted', 'a/x', {}, 'n1')]);
  expect([one.story, two.story]).toEqual([['ADDED x 2', 'DELETED x 3'], []]);
});

test('one event is serialized once, however many watch', () => {
  const cache = newCache();
  const encode = jest.fn((one: WatchEvent) => one.bytes);
  const watcher = (): Watcher => ({ selection: {}, deliver: (one) => void one.frame('json', encode) });
  for (let i = 0; i < 5; i++) cache.watch(watcher(), 0n);
  feed(cache, life.slice(0, 1));
  expect(encode).toHaveBeenCalledTimes(1);
});

test('pages of one moment do not see what happens between them', () => {
  const cache = newCache();
  feed(
    cache,
    ['a/1', 'a/2', 'a/3', 'a/4'].map((path, i) => event(i + 1, 'created', path)),
  );
  const first = cache.page({ namespace: 'a' }, { limit: 2, revision: 4n });
  feed(cache, [event(5, 'deleted', 'a/3'), event(6, 'created', 'a/35'), event(7, 'updated', 'a/4', { new: 'label' })]);
  const second = cache.page({ namespace: 'a' }, { limit: 2, revision: 4n, after: first.last ?? '' });
  expect([
    first.remaining,
    [...first.objects, ...second.objects].map(({ name, revision }) => `${name}@${revision}`),
  ]).toEqual([2, ['1@1', '2@2', '3@3', '4@4']]);
  expect(cache.page({}).objects.map(({ name }) => name)).toEqual(['1', '2', '35', '4']);
});

test('what is too old is forgotten, what is there is not', () => {
  const cache = newCache();
  feed(cache, life, 0);
  feed(cache, [event(7, 'updated', 'b/z')], 2_000);
  expect(cache.completeSince).toBe(6n);
  expect(cache.head('a', 'y')).toBeUndefined();
  expect(cache.page({}).objects.map(({ name }) => name)).toEqual(['x', 'z']);
});

test('a kind that has gone quiet forgets too', () => {
  const cache = newCache();
  feed(cache, life, 0);
  cache.trim(2_000);
  expect(cache.completeSince).toBe(6n);
});

test('an event that comes twice counts once', () => {
  const cache = newCache();
  const seen = new Seen({});
  cache.watch(seen, 0n);
  feed(cache, [...life, ...life]);
  expect(seen.events).toHaveLength(life.length);
});

describe('objects that rest, their bytes among those of others', () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `a/pod-${String(i).padStart(4, '0')}`);
  const shown = (cache: KindCache, revision?: bigint): (string | undefined)[] =>
    cache
      .page({}, revision === undefined ? {} : { revision })
      .objects.map(({ bytes }) => JSON.parse(bytes.toString()) as KubeObject)
      .map(({ metadata: { namespace, name, resourceVersion } }) => `${namespace}/${name}@${resourceVersion}`);

  it('stay as they are while most of their neighbours change and go', () => {
    const cache = newCache({ ageMs: 1_000, bytes: 1 << 30 });
    names.forEach((name, i) => cache.load(event(i + 1, 'created', name)));
    const before = shown(cache);
    expect(before).toEqual(names.map((name, i) => `${name}@${i + 1}`));
    const changed = names.flatMap((name, i) => (i % 3 === 0 ? [] : [{ name, i }]));
    feed(
      cache,
      changed.map(({ name, i }) => event(2_000 + i, i % 3 === 1 ? 'updated' : 'deleted', name)),
    );
    const after = names.flatMap((name, i) => (i % 3 === 2 ? [] : [`${name}@${i % 3 === 0 ? i + 1 : 2_000 + i}`]));
    expect(shown(cache)).toEqual(after);
    expect(shown(cache, 1_500n)).toEqual(before);
    // What has changed rests too once the window has passed it.
    cache.trim(5_000);
    expect(shown(cache)).toEqual(after);
  });

  it('give back the memory of the states that nobody can ask for any more', () => {
    const cache = newCache({ ageMs: 1_000, bytes: 1 << 30 });
    const left: PieceOfMemory[] = [];
    const leave = jest.spyOn(PieceOfMemory.prototype, 'leave').mockImplementation(function (this: PieceOfMemory) {
      left.push(this);
    });
    feed(cache, [event(1, 'created', 'a/x'), event(2, 'updated', 'a/x'), event(3, 'created', 'a/y')], 0);
    expect(left).toHaveLength(0);
    // The first state of x has left the window; the second stays, for it is the newest.
    cache.trim(2_000);
    expect(left).toHaveLength(1);
    // At rest until now, it leaves when it is replaced; y leaves with its tombstone, once that is forgotten.
    feed(cache, [event(4, 'updated', 'a/x'), event(5, 'deleted', 'a/y')], 2_000);
    expect(left).toHaveLength(3);
    cache.trim(4_000);
    expect(left).toHaveLength(4);
    leave.mockRestore();
  });

  it('are parsed once when they are loaded, however many indexes read them', () => {
    const cache = newCache();
    const read: (string | undefined)[] = [];
    for (let i = 0; i < 2; i++)
      cache.watch({ selection: {}, deliver: ({ object }) => void read.push(object.object.metadata.name) }, 0n);
    const parse = jest.spyOn(JSON, 'parse');
    names.forEach((name, i) => cache.load(event(i + 1, 'updated', name)));
    const { length } = parse.mock.calls;
    parse.mockRestore();
    expect([read.length, length]).toEqual([2 * names.length, names.length]);
  });

  it('are loaded without managedFields for the indexes, and have them for who asks later', () => {
    const cache = newCache();
    const managedFields = [{ manager: 'kubectl', operation: 'Update', apiVersion: 'v1' }];
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'a', managedFields } } as const;
    const read: unknown[] = [];
    cache.watch({ selection: {}, deliver: (seen) => void read.push(seen.object.object.metadata.managedFields) }, 0n);
    cache.load({ ...event(1, 'updated', 'a/x'), body: serializeObject(object as unknown as KubeObject) });
    expect(read).toEqual([undefined]);
    expect(cache.head('a', 'x')?.object.metadata.managedFields).toEqual(managedFields);
    expect(JSON.parse(cache.head('a', 'x')?.bytes.toString() ?? '')).toHaveProperty('metadata.managedFields');
  });
});

test('a name that was deleted long ago is known by the revision of that, until it is taken again', () => {
  const cache = newCache({ ageMs: 1_000, bytes: 1 << 20 });
  feed(cache, [event(1, 'created', 'a/x', {}), event(2, 'deleted', 'a/x', {})]);
  expect([cache.head('a', 'x')?.revision, cache.deletedAt('a', 'x')]).toEqual([2n, undefined]);
  cache.trim(2_000);
  expect([cache.head('a', 'x'), cache.deletedAt('a', 'x'), cache.deletedAt('a', 'y')]).toEqual([
    undefined,
    2n,
    undefined,
  ]);
  feed(cache, [event(3, 'created', 'a/x', {})], 2_000);
  expect([cache.head('a', 'x')?.revision, cache.deletedAt('a', 'x')]).toEqual([3n, undefined]);
});
