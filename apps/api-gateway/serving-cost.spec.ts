import { MemoryEventStore } from '@shiplog/event-store';
import { eventually } from '@shiplog/testing';
import type { Gateway } from './gateway.js';
import { joined } from './request/incoming-request.js';
import { memoryGateway, put, request, WatchClient } from './testing/memory-gateway.js';

/**
 * What makes reads cheap, counted rather than timed: they copy bytes, and what many watch is serialized once.
 * The objects come out of the log, more than are kept parsed, so that whoever reads parsed objects has to parse.
 */
const namespace = 'busy';
const pods = `/api/v1/namespaces/${namespace}/pods`;
const podCount = 2_600;
const nameOf = (i: number): string => `p-${String(i).padStart(4, '0')}`;

const pod = (i: number) => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: { name: nameOf(i), namespace, uid: `uid-${i}`, labels: { shard: String(i % 10) } },
  spec: { nodeName: `node-${i % 5}`, containers: [{ name: 'c', image: 'app' }] },
});

let gateway: Gateway;
const stop = new AbortController();

beforeAll(async () => {
  const store = new MemoryEventStore();
  const home = { stream: 'RESOURCES', group: '' } as const;
  const parent = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace }, spec: { finalizers: [] } };
  await put(store, { ...home, plural: 'namespaces', namespace: '', name: namespace }, parent);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  await put(store, { ...home, plural: 'serviceaccounts', namespace, name: 'default' }, account);
  for (let i = 0; i < podCount; i++) await put(store, { ...home, plural: 'pods', namespace, name: nameOf(i) }, pod(i));
  gateway = await memoryGateway(store, stop.signal);
});
afterAll(() => stop.abort());

/** How often JSON is parsed and written while `work` goes on. */
async function jsonCalls(work: () => Promise<unknown>): Promise<{ parse: number; stringify: number }> {
  const [parse, stringify] = [jest.spyOn(JSON, 'parse'), jest.spyOn(JSON, 'stringify')];
  try {
    await work();
    return { parse: parse.mock.calls.length, stringify: stringify.mock.calls.length };
  } finally {
    parse.mockRestore();
    stringify.mockRestore();
  }
}

const listed = async (url: string): Promise<number> => {
  const answer = await request(gateway, 'GET', url);
  if ('stream' in answer) throw new Error('a list is no stream');
  return (JSON.parse(joined(answer.body).toString()) as { items: unknown[] }).items.length;
};

describe('a read', () => {
  it.each([
    ['of one object', `${pods}/${nameOf(7)}`],
    ['of a namespace', pods],
    ['of all namespaces', '/api/v1/pods'],
    ['of what has a label', `${pods}?labelSelector=shard%3D3`],
    ['of what has one of some labels', `${pods}?labelSelector=shard+in+(1,2),!gone`],
    ['of what is on a node', '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1'],
    ['of what the cache has', `${pods}?resourceVersion=0`],
  ])('%s parses no JSON and writes no more than the head of a list', async (_, url) => {
    let code = 0;
    const calls = await jsonCalls(async () => {
      const answer = await request(gateway, 'GET', url);
      code = 'code' in answer ? answer.code : 0;
    });
    expect(code).toBe(200);
    expect(calls.parse).toBe(0);
    expect(calls.stringify).toBeLessThanOrEqual(3);
  });

  it.each([
    [pods, podCount],
    [`${pods}?labelSelector=shard%3D3`, podCount / 10],
    ['/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1', podCount / 5],
  ])('of %s is counted on something that finds %d objects', async (url, count) =>
    expect(await listed(url)).toBe(count),
  );

  it('of a page writes JSON for its token alone, however long it is', async () => {
    const page = (limit: number) => jsonCalls(() => request(gateway, 'GET', `${pods}?limit=${limit}`));
    const [short, long] = [await page(5), await page(300)];
    expect(short).toEqual(long);
    expect(long.parse).toBe(0);
    expect(long.stringify).toBeLessThanOrEqual(5);
  });

  it('would be seen to parse', async () => {
    const counted = await jsonCalls(() =>
      Promise.resolve(gateway.cache.get({ group: '', plural: 'pods', namespace, name: nameOf(11) })),
    );
    expect(counted.parse).toBe(1);
  });
});

describe('a write', () => {
  const name = 'written';
  /** How often a whole pod is written as JSON while `work` goes on. */
  async function serializations(work: () => Promise<unknown>): Promise<number> {
    const stringify = jest.spyOn(JSON, 'stringify');
    try {
      await work();
      const texts = stringify.mock.results.map(({ value }) => String(value));
      return texts.filter((text) => text.includes('"containers":')).length;
    } finally {
      stringify.mockRestore();
    }
  }

  it('serializes the object once, for the log, the answer, the cache and every watch', async () => {
    const body = JSON.stringify({ ...pod(0), metadata: { name, labels: { shard: '0' } } });
    const patch = JSON.stringify({ metadata: { labels: { written: 'again' } } });
    const client = await WatchClient.open(gateway, `${pods}?watch=1&fieldSelector=metadata.name%3D${name}`);
    try {
      const created = await serializations(() => request(gateway, 'POST', pods, { body }));
      await eventually(() => expect(client.frames).toHaveLength(1));
      const merge = { body: patch, contentType: 'application/merge-patch+json' };
      const patched = await serializations(() => request(gateway, 'PATCH', `${pods}/${name}`, merge));
      await eventually(() => expect(client.frames).toHaveLength(2));
      expect({ created, patched }).toEqual({ created: 1, patched: 1 });
    } finally {
      client.destroy();
      await client.over;
    }
  });
});

describe('a change that many watch', () => {
  const watched = ['', '&labelSelector=shard%3D0', '&fieldSelector=spec.nodeName%3Dnode-0'];
  const name = 'watched';
  let changes = 0;

  beforeAll(async () => {
    const body = { ...pod(0), metadata: { name, labels: { shard: '0' } } };
    expect(await request(gateway, 'POST', pods, { body })).toMatchObject({ code: 201 });
  });

  /** Changes one pod that all of them watch. Resolves when each has it. */
  async function change(clients: readonly WatchClient[]): Promise<void> {
    const before = clients.map(({ frames }) => frames.length);
    const body = { metadata: { annotations: { change: String(++changes) } } };
    const options = { body, contentType: 'application/merge-patch+json' };
    expect(await request(gateway, 'PATCH', `${pods}/${name}`, options)).toMatchObject({ code: 200 });
    await eventually(() => clients.forEach(({ frames }, i) => expect(frames.length).toBe((before[i] ?? 0) + 1)));
  }

  async function watching<T>(count: number, use: (clients: readonly WatchClient[]) => Promise<T>): Promise<T> {
    const present = gateway.cache.position('RESOURCES');
    const clients = await Promise.all(
      Array.from({ length: count }, (_, i) =>
        WatchClient.open(gateway, `${pods}?watch=1&resourceVersion=${present}${watched[i % watched.length]}`),
      ),
    );
    try {
      return await use(clients);
    } finally {
      for (const client of clients) client.destroy();
      await Promise.all(clients.map(({ over }) => over));
    }
  }

  it('is one frame, the same bytes in memory for all of them', () =>
    watching(60, async (clients) => {
      await change(clients);
      const frames = new Set(clients.map(({ frames: sent }) => sent.at(-1)));
      expect(frames.size).toBe(1);
      const [frame] = [...frames];
      expect(JSON.parse(frame?.toString() ?? '')).toMatchObject({
        type: 'MODIFIED',
        object: { metadata: { name, annotations: { change: String(changes) } } },
      });
    }));

  it('costs no more JSON for sixty watchers than for one', async () => {
    await watching(1, change);
    const one = await watching(1, (clients) => jsonCalls(() => change(clients)));
    const sixty = await watching(60, (clients) => jsonCalls(() => change(clients)));
    expect(sixty).toEqual(one);
  });

  it('costs those nothing whom it does not concern', () =>
    watching(1, async ([one]) => {
      const elsewhere = await WatchClient.open(
        gateway,
        `/api/v1/namespaces/quiet/pods?watch=1&resourceVersion=${gateway.cache.position('RESOURCES')}`,
      );
      try {
        await change(one ? [one] : []);
        expect(elsewhere.frames).toEqual([]);
      } finally {
        elsewhere.destroy();
        await elsewhere.over;
      }
    }));
});
