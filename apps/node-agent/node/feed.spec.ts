import { Informer, resourceType, type ObjectSource, type Recorded } from '@shiplog/client';
import type { KubeObject } from '@shiplog/domain';
import { SharedFeed } from './feed.js';

const things = resourceType<KubeObject>('', 'v1', 'Pod', 'pods');
const noSource: ObjectSource = { attach: () => undefined, run: () => Promise.resolve() };
const pod = (name: string, node: string, revision: bigint): Recorded => ({
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'a' }, spec: { nodeName: node } },
  revision,
  cause: `RESOURCES/${revision}`,
});
const nodeOf = ({ spec }: KubeObject): string => (spec as { nodeName: string }).nodeName;

describe('SharedFeed', () => {
  it('tells each node of its own objects, first of those that are there', () => {
    const informer = new Informer(things, noSource);
    const feed = new SharedFeed(informer, nodeOf);
    informer.put(pod('early', 'n1', 1n));
    informer.put(pod('other', 'n2', 2n));
    const told: string[] = [];
    const stop = feed.of('n1').onChange(({ type, key }) => told.push(`${type} ${key}`));
    informer.put(pod('late', 'n1', 3n));
    informer.put(pod('another', 'n2', 4n));
    informer.put(pod('late', 'n1', 5n));
    informer.remove(pod('early', 'n1', 6n));
    expect(told).toEqual(['added a/early', 'added a/late', 'updated a/late', 'deleted a/early']);
    stop();
    informer.put(pod('later', 'n1', 7n));
    expect(told).toHaveLength(4);
  });

  it('asks once a change which node it concerns, however many nodes listen', () => {
    const asked = jest.fn(nodeOf);
    const informer = new Informer(things, noSource);
    const feed = new SharedFeed(informer, asked);
    for (let i = 0; i < 1_000; i++) feed.of(`n${i}`).onChange(() => undefined);
    const before = asked.mock.calls.length;
    informer.put(pod('p', 'n7', 1n));
    // Once by the feed, once by the index that later listeners are told from.
    expect(asked.mock.calls.length - before).toBe(2);
  });
});
