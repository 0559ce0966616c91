import type { Change } from '@shiplog/client';
import type { Plan, Read } from '@shiplog/controller-runtime';
import type { KubeObject, Node } from '@shiplog/domain';
import { nodeLifecycleController } from './node-lifecycle.controller.js';
import { defaultEvictionRates } from './zones.js';

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

describe('nodes that fall silent', () => {
  /** A cluster in memory whose clock is the Leases that come in: every two seconds one of a leader, and one of each node that lives. */
  function cluster(names: readonly string[]) {
    const known = new Map(names.map((name) => [name, { ...node('True'), metadata: { name, uid: name } } as Node]));
    const lister = {
      get: (_: unknown, name: string) => known.get(name),
      all: () => [...known.values()],
      count: (valuesOf: (object: Node) => string[], value: string) =>
        [...known.values()].filter((object) => valuesOf(object).includes(value)).length,
      onNode: () => [],
    };
    const read = (() => lister) as unknown as Read;
    let now = 0;
    const controller = nodeLifecycleController(defaultEvictionRates, () => now);
    const leaseWatch = controller.watches?.find(({ type }) => type.plural === 'leases');
    const tainted: string[] = [];
    const carryOut = (plan: Plan, object: Node): Promise<void> => {
      const { name = '' } = object.metadata;
      const patches = plan.actions.filter((action) => action.do === 'patch');
      if (JSON.stringify(patches).includes('NoExecute')) tainted.push(name);
      const { taints } = (patches[0]?.patch as { spec?: Node['spec'] } | undefined)?.spec ?? {};
      known.set(name, { ...object, spec: { taints }, status: plan.status?.status } as Node);
      return Promise.resolve();
    };
    const pass = (seconds: number, living: readonly string[]): void => {
      for (const end = now + seconds * 1000; now < end; now += 2000)
        for (const [namespace, name] of [['kube-system', 'leader'], ...living.map((n) => ['kube-node-lease', n])])
          leaseWatch?.keysOf(renewal(namespace ?? '', name ?? ''), read);
    };
    const look = async () => {
      for (const key of names)
        await controller.reconcile({ key, read, carryOut } as never, new AbortController().signal);
      return tainted.splice(0);
    };
    return { pass, look };
  }
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];

  it('are cleared one after the other', async () => {
    const { pass, look } = cluster(names);
    await look();
    pass(60, names.slice(2));
    expect(await look()).toEqual([]);
    expect(await look()).toEqual(['a']);
    pass(8, names.slice(2));
    expect(await look()).toEqual([]);
    pass(2, names.slice(2));
    expect(await look()).toEqual(['b']);
  });

  it('are left alone when most of a small zone fails', async () => {
    const { pass, look } = cluster(names);
    await look();
    pass(60, names.slice(4));
    expect([...(await look()), ...(await look())]).toEqual([]);
    pass(60, names.slice(4));
    expect(await look()).toEqual([]);
  });

  it('are nobody while nobody is heard', async () => {
    const { pass, look } = cluster(names);
    await look();
    pass(2, names);
    expect(await look()).toEqual([]);
  });
});
