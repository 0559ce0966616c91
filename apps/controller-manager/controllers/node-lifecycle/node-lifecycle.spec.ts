import type { Node, NodeStatus, Pod, Taint } from '@shiplog/domain';
import type { Action } from '@shiplog/controller-runtime';
import { planNodeLifecycle, type NodeLifecycleWorld } from './node-lifecycle.plan.js';

const noon = new Date('2026-01-01T12:00:00Z');
const before = (seconds: number): string => new Date(noon.getTime() - seconds * 1000).toISOString();
const ready = (status: string) => ({
  type: 'Ready',
  status,
  lastTransitionTime: before(900),
  lastHeartbeatTime: before(100),
});

const node = (conditions: object[] = [ready('True')], spec: object = {}): Node =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', uid: 'u', resourceVersion: '7', creationTimestamp: before(3600) },
    spec,
    status: { conditions },
  }) as unknown as Node;
const pod = (isReady = true): Pod =>
  ({
    metadata: { name: 'p', uid: 'p' },
    status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  }) as unknown as Pod;

const world = (more: Partial<NodeLifecycleWorld> & { silentFor?: number } = {}): NodeLifecycleWorld => ({
  node: node(),
  lease: { spec: { renewTime: before(more.silentFor ?? 5) } } as never,
  pods: [],
  watchedSince: new Date(before(3600)),
  anyReady: true,
  ...more,
});

/** `unreachable:NoExecute` */
const inWords = ({ key = '', effect }: Taint): string => `${key.replace('node.kubernetes.io/', '')}:${effect}`;
const taintsOf = (given: NodeLifecycleWorld): string[] | undefined => {
  const action = planNodeLifecycle(given, noon).actions.find(
    (a: Action) => a.do === 'patch' && a.type.plural === 'nodes',
  );
  const { taints } = ((action as { patch?: { spec: { taints: Taint[] | null } } } | undefined)?.patch?.spec ?? {}) as {
    taints?: Taint[] | null;
  };
  return taints === undefined ? undefined : (taints ?? []).map(inWords);
};

describe('the taints of a node', () => {
  const taint = (name: string, effect: string, more: object = {}) => ({
    key: `node.kubernetes.io/${name}`,
    effect,
    ...more,
  });
  const cases: [string, NodeLifecycleWorld, string[] | undefined][] = [
    ['none while it is well', world(), undefined],
    [
      'after it has been silent for more than 40 s',
      world({ silentFor: 41 }),
      ['unreachable:NoSchedule', 'unreachable:NoExecute'],
    ],
    ['not before', world({ silentFor: 40 }), undefined],
    [
      'while it says that it is not ready',
      world({ node: node([ready('False')]) }),
      ['not-ready:NoSchedule', 'not-ready:NoExecute'],
    ],
    [
      'under pressure',
      world({
        node: node([
          ready('True'),
          { type: 'MemoryPressure', status: 'True' },
          { type: 'DiskPressure', status: 'True' },
          { type: 'PIDPressure', status: 'True' },
        ]),
      }),
      ['memory-pressure:NoSchedule', 'disk-pressure:NoSchedule', 'pid-pressure:NoSchedule'],
    ],
    [
      'without network',
      world({ node: node([ready('True'), { type: 'NetworkUnavailable', status: 'True' }]) }),
      ['network-unavailable:NoSchedule'],
    ],
    ['when it is cordoned', world({ node: node(undefined, { unschedulable: true }) }), ['unschedulable:NoSchedule']],
    [
      'go when it is well again; those of others stay',
      world({
        node: node(undefined, {
          taints: [
            taint('not-ready', 'NoSchedule'),
            taint('unreachable', 'NoExecute'),
            { key: 'mine', effect: 'NoExecute' },
          ],
        }),
      }),
      ['mine:NoExecute'],
    ],
    [
      'change when a silent node speaks but is not ready',
      world({
        node: node([ready('False')], {
          taints: [taint('unreachable', 'NoSchedule'), taint('unreachable', 'NoExecute')],
        }),
      }),
      ['not-ready:NoSchedule', 'not-ready:NoExecute'],
    ],
    ['evict nobody when no node is ready', world({ silentFor: 99, anyReady: false }), ['unreachable:NoSchedule']],
    ['of a new node that has not said anything yet', world({ node: node([]) }), undefined],
  ];
  test.each(cases)('%s', (_, given, expected) => expect(taintsOf(given)).toEqual(expected));

  it('keep the time they were added', () => {
    const old = taint('unreachable', 'NoExecute', { timeAdded: before(60) });
    const { actions } = planNodeLifecycle(world({ silentFor: 99, node: node(undefined, { taints: [old] }) }), noon);
    expect(actions).toContainEqual(
      expect.objectContaining({
        patch: expect.objectContaining({
          spec: {
            taints: [
              old,
              { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: '2026-01-01T12:00:00Z' },
            ],
          },
        }),
      }),
    );
  });
});

describe('a node that fell silent', () => {
  const conditions = (given: NodeLifecycleWorld) =>
    (planNodeLifecycle(given, noon).status?.status as NodeStatus).conditions ?? [];

  it('is not known to be ready, nor anything else', () => {
    const found = conditions(world({ silentFor: 41 }));
    expect(found.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready Unknown NodeStatusUnknown',
      'MemoryPressure Unknown NodeStatusNeverUpdated',
      'DiskPressure Unknown NodeStatusNeverUpdated',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ]);
    expect(found[0]).toMatchObject({
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: '2026-01-01T12:00:00Z',
      lastHeartbeatTime: before(100),
    });
  });

  it('has its pods taken out of service, and tells', () => {
    const { actions } = planNodeLifecycle(world({ silentFor: 41, pods: [pod(), pod(false)] }), noon);
    expect(actions.filter((action) => action.do === 'patch' && action.type.plural === 'pods')).toEqual([
      expect.objectContaining({
        subresource: 'status',
        patch: expect.objectContaining({
          status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T12:00:00Z' }] },
        }),
      }),
    ]);
    expect(actions).toContainEqual({
      do: 'tell',
      notice: { type: 'Normal', reason: 'NodeNotReady', message: 'Node n1 status is now: NodeNotReady' },
    });
  });

  it('has not been silent for longer than anybody has watched', () =>
    expect(conditions(world({ silentFor: 9999, watchedSince: new Date(before(39)) }))[0]?.status).toBe('True'));

  it('takes a fresh report for a sign of life while the lease is still old', () => {
    const reported = node([{ ...ready('True'), lastHeartbeatTime: before(2) }]);
    expect(conditions(world({ node: reported, silentFor: 90 }))[0]?.status).toBe('True');
  });
  it('counts from its creation when it has no lease', () =>
    expect(conditions(world({ lease: undefined }))[0]?.status).toBe('Unknown'));

  it('is looked at when its grace ends', () =>
    expect(planNodeLifecycle(world({ silentFor: 10 }), noon).requeueAfterMs).toBe(30_100));
});
