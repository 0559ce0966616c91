import type { Node, NodeStatus, Pod, Taint } from '@shiplog/domain';
import type { Action } from '@shiplog/controller-runtime';
import { planNodeLifecycle, type EvictionTurn, type NodeLifecycleWorld } from './node-lifecycle.plan.js';

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
const lost = node([ready('Unknown')]);
const pod = (isReady = true): Pod =>
  ({
    metadata: { name: 'p', uid: 'p' },
    status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  }) as unknown as Pod;

/** `silentFor`: seconds. `turn`: after how many milliseconds the node may be cleared of its pods. */
type Given = NodeLifecycleWorld & { turn: EvictionTurn };
const world = ({
  silentFor = 5,
  turn = 0,
  ...more
}: Partial<NodeLifecycleWorld> & { silentFor?: number; turn?: number } = {}): Given => ({
  node: node(),
  silentMs: silentFor * 1000,
  pods: [],
  anyReady: true,
  turn: () => turn,
  ...more,
});
const planOf = ({ turn, ...given }: Given) => planNodeLifecycle(given, turn, noon);

/** `unreachable:NoExecute` */
const inWords = ({ key = '', effect }: Taint): string => `${key.replace('node.kubernetes.io/', '')}:${effect}`;
const taintsOf = (given: Given): string[] | undefined => {
  const action = planOf(given).actions.find((a: Action) => a.do === 'patch' && a.type.plural === 'nodes');
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
  const cases: [string, Given, string[] | undefined][] = [
    ['none while it is well', world(), undefined],
    ['after it has been silent for more than 50 s', world({ silentFor: 51 }), ['unreachable:NoSchedule']],
    [
      'once it is known to be silent',
      world({ silentFor: 51, node: lost }),
      ['unreachable:NoSchedule', 'unreachable:NoExecute'],
    ],
    ['not before', world({ silentFor: 50 }), undefined],
    ['that has never reported itself, not before 60 s', world({ silentFor: 60, node: node([]) }), undefined],
    ['while others are cleared first', world({ silentFor: 51, turn: 10_000, node: lost }), ['unreachable:NoSchedule']],
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
      'change when a silent node speaks but is not ready, without waiting for a turn',
      world({
        turn: 10_000,
        node: node([ready('False')], {
          taints: [taint('unreachable', 'NoSchedule'), taint('unreachable', 'NoExecute')],
        }),
      }),
      ['not-ready:NoSchedule', 'not-ready:NoExecute'],
    ],
    [
      'evict nobody when no node is ready',
      world({ silentFor: 99, anyReady: false, node: lost }),
      ['unreachable:NoSchedule'],
    ],
    [
      'stop evicting when no node is ready any more',
      world({
        silentFor: 99,
        anyReady: false,
        node: node([ready('Unknown')], {
          taints: [taint('unreachable', 'NoSchedule'), taint('unreachable', 'NoExecute')],
        }),
      }),
      ['unreachable:NoSchedule'],
    ],
    ['of a new node that has not said anything yet', world({ node: node([]) }), undefined],
  ];
  test.each(cases)('%s', (_, given, expected) => expect(taintsOf(given)).toEqual(expected));

  it('keep the time they were added', () => {
    const old = taint('unreachable', 'NoExecute', { timeAdded: before(60) });
    const { actions } = planOf(world({ silentFor: 99, node: node(undefined, { taints: [old] }) }));
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

const cleared = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };

describe('a node that fell silent', () => {
  const conditions = (given: Given) => (planOf(given).status?.status as NodeStatus).conditions ?? [];

  it('is not known to be ready, nor anything else', () => {
    const found = conditions(world({ silentFor: 51 }));
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
    const { actions } = planOf(world({ silentFor: 51, pods: [pod(), pod(false)] }));
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

  it('is looked at when its grace ends', () => expect(planOf(world({ silentFor: 10 })).requeueAfterMs).toBe(40_000));

  it('is looked at again when its turn comes', () =>
    expect(planOf(world({ silentFor: 51, turn: 7_000, node: lost })).requeueAfterMs).toBe(7_000));

  it.each([
    ['is well', world()],
    ['has been cleared', world({ silentFor: 51, node: node([ready('Unknown')], { taints: [cleared] }) })],
    ['is not known to be lost yet', world({ silentFor: 51 })],
    ['has to stay as it is, for no node is ready', world({ silentFor: 51, anyReady: false, node: lost })],
  ])("takes nobody's turn when it %s", (_, given) => {
    let asked = 0;
    planOf({ ...given, turn: () => asked++ });
    expect(asked).toBe(0);
  });
});
