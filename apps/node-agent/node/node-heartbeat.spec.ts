import type { Logger } from '@shiplog/component-base';
import { HollowRuntime } from '../runtime/hollow/hollow-runtime.js';
import { FakeFeed, FakeNodeApi, nodeFacts } from '../testing/node-parts.js';
import { NodeHeartbeat } from './node-heartbeat.js';
import { newNode, type StoredNode } from './node-object.js';

/** A heartbeat that beats when the test says so. */
function heartbeat(api = new FakeNodeApi()) {
  const stored = new FakeFeed<StoredNode>();
  const runtime = new HollowRuntime({ podCidr: nodeFacts.podCidr });
  let act: () => Promise<void> = () => Promise.resolve();
  const beating = new NodeHeartbeat({
    ...{ facts: nodeFacts, stored, runtime, api: api.client, events: api.recorder },
    reporter: { component: 'kubelet', host: 'node-1' },
    log: { warn: () => undefined } as unknown as Logger,
    every: (_period, _signal, _onFailure, given) => {
      act = given;
      return new Promise(() => undefined);
    },
  });
  void beating.run(new AbortController().signal);
  return { api, stored, runtime, beating, beat: () => act() };
}
const inApi = ({ api }: ReturnType<typeof heartbeat>): StoredNode => api.objects.get('nodes/node-1') as StoredNode;

describe('NodeHeartbeat', () => {
  it('registers the node as ready, in one write, and then has nothing to say', async () => {
    const node = heartbeat();
    await node.beat();
    for (let i = 0; i < 10; i++) await node.beat();
    expect(node.api.writes).toEqual(['create nodes']);
    expect(node.beating.isReady).toBe(true);
    expect(node.api.events.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['Starting', 'NodeReady']));
  });

  it('takes over what an earlier agent has registered', async () => {
    const api = new FakeNodeApi();
    const known = api.store('nodes', newNode(nodeFacts) as StoredNode);
    const node = heartbeat(api);
    node.stored.tell('added', known);
    await node.beat();
    expect(api.writes).toEqual(['patch nodes/status']);
    expect(node.beating.isReady).toBe(true);
  });

  it('gives a node that is there its own labels', async () => {
    const api = new FakeNodeApi();
    const fresh = newNode(nodeFacts) as StoredNode;
    const node = heartbeat(api);
    node.stored.tell('added', api.store('nodes', { ...fresh, metadata: { ...fresh.metadata, labels: {} } }));
    await node.beat();
    expect(api.writes).toEqual(['patch nodes', 'patch nodes/status']);
  });

  it('contradicts who took it for lost, at its next beat', async () => {
    const node = heartbeat();
    await node.beat();
    const lost = { ...inApi(node), status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } };
    node.stored.tell('updated', node.api.store('nodes', lost));
    expect(node.beating.isReady).toBe(false);
    await node.beat();
    expect(node.api.writes).toEqual(['create nodes', 'patch nodes/status']);
    expect(node.beating.isReady).toBe(true);
  });

  it('reports an image that it has pulled', async () => {
    const node = heartbeat();
    await node.beat();
    await node.runtime.pullImage('example/app:1');
    await node.beat();
    await node.beat();
    expect(node.api.writes).toEqual(['create nodes', 'patch nodes/status']);
  });

  it('is not misled by news that are older than its own', async () => {
    const node = heartbeat();
    await node.beat();
    const old = { ...inApi(node), status: {} };
    node.stored.tell('updated', { ...old, metadata: { ...old.metadata, resourceVersion: '0' } });
    expect(node.beating.isReady).toBe(true);
  });

  it('registers again when somebody has deleted the node', async () => {
    const node = heartbeat();
    await node.beat();
    const gone = inApi(node);
    node.api.objects.clear();
    node.stored.tell('deleted', { ...gone, metadata: { ...gone.metadata, resourceVersion: '9' } });
    await node.beat();
    expect(node.api.writes).toEqual(['create nodes', 'create nodes']);
  });
});
