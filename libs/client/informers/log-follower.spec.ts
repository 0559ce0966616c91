import {
  serializeObject,
  StatusError,
  type EventStore,
  type KubeObject,
  type ResourceEvent,
  type Revision,
} from '@shiplog/domain';
import { MemoryEventStore } from '@shiplog/event-store';
import { Backoff } from './backoff.js';
import { Informer, type Change } from './informer.js';
import { informersOfLog } from './informers.js';
import { LogFollower } from './log-follower.js';
import { resourceType } from './resource-type.js';

const pods = resourceType('', 'v1', 'Pod', 'pods');
const nodes = resourceType('', 'v1', 'Node', 'nodes');
const noSnapshot = { snapshot: () => Promise.resolve(undefined) };

const object = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels: { app: name } },
  ...more,
});

let serial = 0;
async function append(
  log: EventStore,
  type: ResourceEvent['type'],
  given: KubeObject,
  expected: Revision,
  plural = 'pods',
) {
  const { name = '', namespace = '' } = given.metadata;
  const context = {
    id: `id-${serial++}`,
    user: 'ann',
    correlationId: 'c1',
    change: 'spec',
  } as ResourceEvent['context'];
  const key = { stream: 'RESOURCES', group: '', plural, namespace, name } as const;
  return log.append({ type, key, body: serializeObject(given), context }, expected);
}

describe('informers over the log', () => {
  let stop: AbortController;
  beforeEach(() => (stop = new AbortController()));
  afterEach(() => stop.abort());

  it('hold what was there and follow what comes, each object with the event that made it so', async () => {
    const log = new MemoryEventStore();
    const first = await append(log, 'created', object('a'), 0n);
    const { informers } = informersOfLog(log, noSnapshot);
    const informer = informers.of(pods);
    const changes: string[] = [];
    informer.onChange(({ type, key, current }: Change) => void changes.push(`${type} ${key} ${current.cause}`));
    void informers.run(stop.signal);
    await informer.whenSynced(stop.signal);
    expect(informer.lister.get('shop', 'a')?.metadata.resourceVersion).toBe(String(first));
    expect(informer.lister.recorded('shop', 'a')?.context?.user).toBe('ann');

    const second = await append(log, 'updated', object('a', { spec: { nodeName: 'n1' } }), first);
    const third = await append(log, 'deleted', object('a'), second);
    await informer.waitForRevision(third, stop.signal);
    expect(informer.lister.all()).toEqual([]);
    expect(changes).toEqual([
      `added shop/a RESOURCES/${first}`,
      `updated shop/a RESOURCES/${second}`,
      `deleted shop/a RESOURCES/${third}`,
    ]);
  });

  it('are synced at once when there is nothing', async () => {
    const { informers } = informersOfLog(new MemoryEventStore(), noSnapshot);
    informers.of(pods);
    void informers.run(stop.signal);
    await informers.whenSynced(AbortSignal.timeout(1_000));
  });

  it('of one stream share one follower, and stand at the same revision', async () => {
    const log = new MemoryEventStore();
    const follow = jest.spyOn(log, 'follow');
    const { informers } = informersOfLog(log, noSnapshot);
    const [ofPods, ofNodes] = [informers.of(pods), informers.of(nodes)];
    void informers.run(stop.signal);
    await informers.whenSynced(stop.signal);
    const revision = await append(log, 'created', object('n1', { kind: 'Node' }), 0n, 'nodes');
    await ofPods.waitForRevision(revision, stop.signal);
    expect(ofNodes.lister.all()).toHaveLength(1);
    expect(ofPods.lister.all()).toHaveLength(0);
    expect(follow).toHaveBeenCalledTimes(1);
  });

  it('start from a snapshot and go on from there', async () => {
    const log = new MemoryEventStore();
    const first = await append(log, 'created', object('a'), 0n);
    const second = await append(log, 'created', object('b'), 0n);
    const { value } = await log.follow('RESOURCES', 0n, stop.signal)[Symbol.asyncIterator]().next();
    const event = (value as ResourceEvent[])[0];
    const snapshot = {
      revision: first,
      objects: (async function* () {
        yield [event as ResourceEvent];
      })(),
    };
    const follow = jest.spyOn(log, 'follow');
    const { informers } = informersOfLog(log, { snapshot: () => Promise.resolve(snapshot) });
    const informer = informers.of(pods);
    void informers.run(stop.signal);
    await informer.whenSynced(stop.signal);
    expect(follow.mock.calls[0]?.[1]).toBe(first);
    expect(informer.revision()).toBe(second);
    expect(informer.lister.all().map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('go on where they were when the log breaks off, and lose and double nothing', async () => {
    const log = new MemoryEventStore();
    const faults: unknown[] = [];
    const original = log.follow.bind(log);
    const breaking = jest.spyOn(log, 'follow').mockImplementation(async function* (stream, after, signal) {
      for await (const events of original(stream, after, signal)) {
        yield events.slice(0, 1);
        throw new Error('connection lost');
      }
    });
    const follower = new LogFollower(
      log,
      noSnapshot,
      'RESOURCES',
      (error) => faults.push(error),
      new Backoff({ firstMs: 1, maxMs: 2 }),
    );
    const informer = new Informer(pods, follower.source(pods));
    const seen: string[] = [];
    informer.onChange(({ key }) => void seen.push(key));
    for (const name of ['a', 'b', 'c']) await append(log, 'created', object(name), 0n);
    void follower.run(stop.signal);
    await informer.waitUntil(() => informer.lister.all().length === 3, AbortSignal.timeout(2_000));
    expect(seen).toEqual(['shop/a', 'shop/b', 'shop/c']);
    expect(breaking.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(faults.length).toBeGreaterThanOrEqual(2);
  });

  it('start again from a snapshot when the log says that what followed is gone', async () => {
    const log = new MemoryEventStore();
    for (const name of ['a', 'b']) await append(log, 'created', object(name), 0n);
    const { value } = await log.follow('RESOURCES', 1n, stop.signal)[Symbol.asyncIterator]().next();
    const kept = value as ResourceEvent[];
    const snapshots = [
      undefined,
      undefined,
      {
        revision: 2n,
        objects: (async function* () {
          yield kept;
        })(),
      },
    ];
    const faults: string[] = [];
    const original = log.follow.bind(log);
    let isBroken = false;
    jest.spyOn(log, 'follow').mockImplementation(async function* (stream, after, signal) {
      if (isBroken) {
        isBroken = false;
        throw new StatusError(410, 'Gone', 'compacted');
      }
      for await (const events of original(stream, after, signal)) {
        yield events;
        if (after > 0n) continue;
        isBroken = true;
        throw new Error('connection lost');
      }
    });
    const follower = new LogFollower(
      log,
      { snapshot: () => Promise.resolve(snapshots.shift()) },
      'RESOURCES',
      (error) => faults.push(String(error)),
      new Backoff({ firstMs: 1, maxMs: 2 }),
    );
    const informer = new Informer(pods, follower.source(pods));
    void follower.run(stop.signal);
    await informer.waitUntil(() => informer.hasSynced && !informer.lister.get('shop', 'a'), AbortSignal.timeout(2_000));
    expect(informer.lister.all().map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(faults.join()).toMatch(/there is no snapshot to go on from/);
  });

  it('refuse changes of what they hold', async () => {
    const log = new MemoryEventStore();
    await append(log, 'created', object('a'), 0n);
    const { informers } = informersOfLog(log, noSnapshot);
    const informer = informers.of(pods);
    void informers.run(stop.signal);
    await informer.whenSynced(stop.signal);
    const cached = informer.lister.get('shop', 'a') as KubeObject;
    expect(() => (cached.metadata.name = 'b')).toThrow(TypeError);
  });

  it('give up waiting when told to', async () => {
    const { informers } = informersOfLog(new MemoryEventStore(), noSnapshot);
    const informer = informers.of(pods);
    await expect(informer.waitForRevision(99n, AbortSignal.timeout(10))).rejects.toThrow(/timeout/i);
  });
});

describe('listers', () => {
  it('find objects by namespace, owner, node and labels, and keep their indexes true', async () => {
    const stop = new AbortController();
    const log = new MemoryEventStore();
    const { informers } = informersOfLog(log, noSnapshot);
    const informer = informers.of(pods);
    void informers.run(stop.signal);
    await informer.whenSynced(stop.signal);
    const { lister } = informer;
    const names = (found: readonly KubeObject[]) => found.map(({ metadata }) => metadata.name);
    const full = object('a', { spec: { nodeName: 'n1' } });
    full.metadata.ownerReferences = [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'owner' }];
    full.metadata.labels = { app: 'web', tier: 'front' };
    const first = await append(log, 'created', full, 0n);
    await informer.waitForRevision(first, stop.signal);
    expect(names(lister.inNamespace('shop'))).toEqual(['a']);
    expect(names(lister.ownedBy('owner'))).toEqual(['a']);
    expect(names(lister.onNode('n1'))).toEqual(['a']);
    expect(names(lister.labelled('shop', { app: 'web', tier: 'front' }))).toEqual(['a']);
    expect(names(lister.labelled('shop', { app: 'web', tier: 'back' }))).toEqual([]);
    expect(names(lister.labelled('other', { app: 'web' }))).toEqual([]);
    const second = await append(log, 'updated', object('a'), first);
    await informer.waitForRevision(second, stop.signal);
    expect([lister.ownedBy('owner'), lister.onNode('n1'), lister.labelled('shop', { app: 'web' })]).toEqual([
      [],
      [],
      [],
    ]);
    expect(names(lister.labelled('shop', { app: 'a' }))).toEqual(['a']);
    stop.abort();
  });
});
