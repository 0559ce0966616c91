import type { Change } from '@shiplog/client';
import type { Read } from '@shiplog/controller-runtime';
import type { KubeObject, Node } from '@shiplog/domain';
import { nodeLifecycleController } from './node-lifecycle.controller.js';

const node = (ready: string): Node =>
  ({ metadata: { name: 'n1' }, status: { conditions: [{ type: 'Ready', status: ready }] } }) as unknown as Node;
const readsNode = (known?: Node): Read => (() => ({ get: () => known })) as unknown as Read;
const renewal = (namespace: string, name: string): Change => {
  const item = (renewTime: string) => ({
    object: { metadata: { namespace, name }, spec: { renewTime } } as unknown as KubeObject,
    revision: 2n,
    cause: 'LEASES/2' as const,
  });
  return { type: 'updated', key: `${namespace}/${name}`, current: item('12:10'), previous: item('12:00') };
};

test.each<[string, Change, Node | undefined, string[]]>([
  ['of a ready node makes no work', renewal('kube-node-lease', 'n1'), node('True'), []],
  ['of a lost node is looked at', renewal('kube-node-lease', 'n1'), node('Unknown'), ['n1']],
  ['of a node that says it is not ready is looked at', renewal('kube-node-lease', 'n1'), node('False'), ['n1']],
  ['of no node makes no work', renewal('kube-node-lease', 'n1'), undefined, []],
  ['of a leader makes no work', renewal('kube-system', 'n1'), node('Unknown'), []],
])('the renewal of a Lease %s', (_, change, known, keys) => {
  const leaseWatch = nodeLifecycleController().watches?.find(({ type }) => type.plural === 'leases');
  expect([...(leaseWatch?.keysOf(change, readsNode(known)) ?? ['no watch'])]).toEqual(keys);
});
