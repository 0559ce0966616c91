import type { KubeObject, ObjectKey } from '@shiplog/domain';
import type { Recorded } from '@shiplog/client';
import { ObjectGraph, type GraphChange } from './object-graph.js';

let revision = 0n;
const recorded = (name: string, owners: string[] = [], more: Partial<KubeObject['metadata']> = {}): Recorded => {
  revision += 1n;
  const key: ObjectKey = { stream: 'RESOURCES', group: 'apps', plural: 'replicasets', namespace: 'shop', name };
  const ownerReferences = owners.map((uid) => ({ apiVersion: 'v1', kind: 'X', name: uid, uid }));
  return {
    object: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name, namespace: 'shop', uid: name, resourceVersion: `${revision}`, ownerReferences, ...more },
    },
    revision,
    cause: `RESOURCES/${revision}`,
    key,
  };
};
const names = (found: { name: string }[]): string[] => found.map(({ name }) => name).sort();

describe('ObjectGraph', () => {
  it('knows objects by uid, owner and namespace, and how the API calls their kind', () => {
    const graph = new ObjectGraph();
    const sink = graph.sink('RESOURCES');
    sink.put(recorded('a'));
    sink.put(recorded('b', ['a']));
    expect(names(graph.dependentsOf('a'))).toEqual(['b']);
    expect(names(graph.inNamespace('shop'))).toEqual(['a', 'b']);
    expect(graph.get('b')).toMatchObject({
      namespace: 'shop',
      type: { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet' },
    });
  });

  it('forgets owners that an object no longer has', () => {
    const graph = new ObjectGraph();
    const sink = graph.sink('RESOURCES');
    sink.put(recorded('b', ['a', 'c']));
    sink.put(recorded('b', ['c']));
    expect([names(graph.dependentsOf('a')), names(graph.dependentsOf('c'))]).toEqual([[], ['b']]);
  });

  it('remembers that an object was deleted', () => {
    const graph = new ObjectGraph();
    const sink = graph.sink('RESOURCES');
    const item = recorded('a');
    sink.put(item);
    sink.remove(item);
    expect([graph.get('a'), graph.wasDeleted('a'), graph.wasDeleted('never')]).toEqual([undefined, true, false]);
  });

  it('tells of each change with its cause', () => {
    const graph = new ObjectGraph();
    const told: string[] = [];
    graph.onChange(({ object, previous, isGone, cause }: GraphChange) =>
      told.push(`${object.name} ${previous ? 'again' : 'new'} ${isGone} ${cause}`),
    );
    const sink = graph.sink('RESOURCES');
    const item = recorded('a');
    sink.put(item);
    sink.remove({ ...item, cause: 'RESOURCES/99' });
    expect(told).toEqual([`a new false ${item.cause}`, 'a new true RESOURCES/99']);
  });

  it('drops what a new snapshot of its stream no longer has', () => {
    const graph = new ObjectGraph();
    const sink = graph.sink('RESOURCES');
    sink.put(recorded('a'));
    const kept = recorded('b');
    sink.replace([kept], kept.revision);
    expect(names([...graph.all()])).toEqual(['b']);
  });

  it('is synced when all its streams are', async () => {
    const graph = new ObjectGraph();
    const [one, other] = [graph.sink('RESOURCES'), graph.sink('LEASES')];
    let isSynced = false;
    const synced = graph.whenSynced().then(() => (isSynced = true));
    one.synced();
    await Promise.resolve();
    expect(isSynced).toBe(false);
    other.synced();
    await synced;
  });
});
