import type { EventRecorder } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import type { Pod } from '@shiplog/domain';
import { Timetable } from '../node/timetable.js';
import type { StoredNode } from '../node/node-object.js';
import type { StoredPod } from '../pods/pod.js';
import { FakeFeed, FakeNodeApi, nodeFacts } from '../testing/node-parts.js';
import { aPod } from '../testing/pods.js';
import { HollowNode } from './hollow-node.js';

function hollowNode() {
  const api = new FakeNodeApi();
  const pods = new FakeFeed<StoredPod>();
  const nodes = new FakeFeed<StoredNode>();
  const timetable = new Timetable();
  const log = { warn: () => undefined, info: () => undefined, error: () => undefined } as unknown as Logger;
  const node = new HollowNode({
    ...{ facts: nodeFacts, phase: 0.5, api: api.client, recorder: api.recorder as EventRecorder },
    ...{ pods, node: nodes, timetable, log },
  });
  const bind = (name: string): void => {
    const pod = aPod({ nodeName: 'node-1' }, undefined, { name, uid: `uid-${name}` });
    pods.tell('added', api.store('pods', pod));
  };
  const phase = (name: string): string | undefined =>
    (api.objects.get(`pods/${name}`) as Pod | undefined)?.status?.phase;
  return { api, node, nodes, timetable, bind, phase };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 3_000; !isTrue(); await new Promise((resolve) => setTimeout(resolve, 5)))
    if (Date.now() > end) throw new Error('it never came true');
}

test('a hollow node registers, lives and runs pods; switched off it says nothing more; switched on it is back', async () => {
  const { api, node, nodes, timetable, bind, phase } = hollowNode();
  await node.switchOn();
  await until(() => api.objects.has('leases/node-1'));
  expect(node.isReady).toBe(true);
  nodes.tell('added', api.objects.get('nodes/node-1') as StoredNode);
  bind('a');
  await until(() => phase('a') === 'Running');

  node.switchOff();
  bind('b');
  const { length } = api.writes;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([node.isReady, node.served, api.writes.length, phase('b')]).toEqual([false, undefined, length, undefined]);

  await node.switchOn();
  expect(node.isReady).toBe(true);
  await until(() => phase('b') === 'Running');
  node.switchOff();
  timetable.close();
});
