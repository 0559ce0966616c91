import type { KubeObject, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '@shiplog/domain';
import type { ResourceType } from '@shiplog/client';
import type { Plan, Read } from '@shiplog/controller-runtime';
import { planDisruption } from './disruption.plan.js';
import { scaleOf, type PodScale, type SelectedPod } from './pod-scale.js';

const noon = new Date('2026-01-01T12:00:00Z');
const before = (seconds: number): string => `${new Date(noon.getTime() - seconds * 1000).toISOString().slice(0, 19)}Z`;

const budget = (spec: object, status: PodDisruptionBudgetStatus = {}): PodDisruptionBudget =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'shop', generation: 2 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status,
  }) as PodDisruptionBudget;

const byFive: PodScale = { is: 'controlled', uid: 'web', replicas: 5 };
const alone: PodScale = { is: 'unmanaged' };

interface Traits {
  name?: string;
  ready?: boolean;
  deleting?: boolean;
  scale?: PodScale;
}
const selected = ({ name = 'p', ready = true, deleting = false, scale = byFive }: Traits = {}): SelectedPod => ({
  pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', ...(deleting ? { deletionTimestamp: before(1) } : {}) },
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  } as Pod,
  scale,
});
const many = (count: number, traits: Traits = {}): SelectedPod[] =>
  Array.from({ length: count }, (_, i) => selected({ name: `p${i}`, ...traits }));

const statusOf = ({ status }: Plan): PodDisruptionBudgetStatus => status?.status as PodDisruptionBudgetStatus;
const told = ({ actions }: Plan): string[] =>
  actions.flatMap((action) => (action.do === 'tell' ? [action.notice.reason] : []));

/** Expected, wanted, there, allowed. */
type Counts = [expected: number, desired: number, healthy: number, allowed: number];
const counts: [string, object, SelectedPod[], Counts][] = [
  ['a number counts the pods there are', { minAvailable: 2 }, many(3), [3, 2, 3, 1]],
  ['a number beyond them allows nothing', { minAvailable: 9 }, many(3), [3, 9, 3, 0]],
  ['a share is one of what is wanted, rounded up', { minAvailable: '50%' }, many(4), [5, 3, 4, 1]],
  ['unavailable pods are those of what is wanted', { maxUnavailable: 1 }, many(5), [5, 4, 5, 1]],
  ['a share may be unavailable, rounded up', { maxUnavailable: '30%' }, many(5), [5, 3, 5, 2]],
  ['more may be unavailable than there are', { maxUnavailable: 9 }, many(2), [5, 0, 2, 2]],
  ['neither', {}, many(2), [0, 0, 2, 0]],
  ['no pods yet: nothing may go', { maxUnavailable: 1 }, [], [0, 0, 0, 0]],
  ['pods that are not ready do not count', { minAvailable: 1 }, [...many(1), selected({ ready: false })], [2, 1, 1, 0]],
  ['pods that go do not count', { minAvailable: 1 }, [...many(1), selected({ deleting: true })], [2, 1, 1, 0]],
  [
    'the pods of two controllers',
    { maxUnavailable: '50%' },
    [...many(5), selected({ name: 'x', scale: { is: 'controlled', uid: 'api', replicas: 1 } })],
    [6, 3, 6, 3],
  ],
  ['pods of nobody are expected by nobody', { maxUnavailable: 1 }, many(2, { scale: alone }), [0, 0, 2, 0]],
];
test.each(counts)('%s', (_, spec, pods, [expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed]) =>
  expect(statusOf(planDisruption({ budget: budget(spec), pods }, noon))).toMatchObject({
    expectedPods,
    desiredHealthy,
    currentHealthy,
    disruptionsAllowed,
    observedGeneration: 2,
  }),
);

describe('the condition', () => {
  const condition = (status: PodDisruptionBudgetStatus, spec: object = { minAvailable: 1 }, pods = many(2)): object[] =>
    statusOf(planDisruption({ budget: budget(spec, status), pods }, noon)).conditions ?? [];
  const allowed = { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' };

  it('says whether pods may go', () => {
    expect(condition({})).toEqual([{ ...allowed, observedGeneration: 2, lastTransitionTime: before(0) }]);
    expect(condition({}, { minAvailable: 2 })).toMatchObject([{ status: 'False', reason: 'InsufficientPods' }]);
  });
  it('keeps its time as long as it says the same', () =>
    expect(condition({ conditions: [{ ...allowed, lastTransitionTime: before(60) }] })).toMatchObject([
      { lastTransitionTime: before(60), observedGeneration: 2 },
    ]));
});

describe('evicted pods', () => {
  const after = (seconds: number, traits: Traits = {}): Plan =>
    planDisruption(
      {
        budget: budget({ minAvailable: 1 }, { disruptedPods: { p: before(seconds), gone: before(seconds) } }),
        pods: [selected({ name: 'other' }), selected(traits)],
      },
      noon,
    );

  it('are awaited for two minutes, and are not there any more meanwhile', () => {
    const plan = after(30);
    expect(statusOf(plan)).toMatchObject({
      disruptedPods: { p: before(30) },
      currentHealthy: 1,
      disruptionsAllowed: 0,
    });
    expect(statusOf(plan).disruptedPods).not.toHaveProperty('gone');
    expect(plan.requeueAfterMs).toBe(90_000);
  });
  it('are forgotten once they are being deleted', () => {
    expect(statusOf(after(30, { deleting: true }))).not.toHaveProperty('disruptedPods');
    expect(after(30, { deleting: true }).requeueAfterMs).toBeUndefined();
  });
  it('that stay count again, and somebody is told', () => {
    const plan = after(121);
    expect(statusOf(plan)).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    expect(statusOf(plan)).not.toHaveProperty('disruptedPods');
    expect(told(plan)).toEqual(['NotDeleted']);
  });
});

describe('a budget that cannot be kept', () => {
  const unknown = selected({ scale: { is: 'unknown', why: 'nodes does not implement the scale subresource' } });

  it('allows nothing and says why, all else left as it was', () => {
    const known = { observedGeneration: 1, expectedPods: 4, disruptionsAllowed: 3 };
    const plan = planDisruption({ budget: budget({ maxUnavailable: 1 }, known), pods: [unknown] }, noon);
    expect(statusOf(plan)).toMatchObject({
      observedGeneration: 1,
      expectedPods: 4,
      disruptionsAllowed: 0,
      conditions: [
        {
          status: 'False',
          reason: 'SyncFailed',
          message: 'nodes does not implement the scale subresource',
          observedGeneration: 1,
        },
      ],
    });
    expect(told(plan)).toEqual(['CalculateExpectedPodCountFailed']);
  });
  it('does not mind who controls its pods if it counts them', () =>
    expect(statusOf(planDisruption({ budget: budget({ minAvailable: 0 }), pods: [unknown] }, noon))).toMatchObject({
      disruptionsAllowed: 1,
    }));
});

test.each<[string, object, SelectedPod[], string[]]>([
  ['no pods', { minAvailable: 1 }, [], ['NoPods']],
  ['pods of nobody, and a share', { minAvailable: '50%' }, [selected({ scale: alone })], ['UnmanagedPods']],
  ['pods of nobody, and a number', { minAvailable: 1 }, [selected({ scale: alone })], []],
])('%s: people are told %j', (_, spec, pods, expected) =>
  expect(told(planDisruption({ budget: budget(spec), pods }, noon))).toEqual(expected),
);

describe('the scale behind a pod', () => {
  const owned = (kind: string, name: string, uid: string, owner?: object, replicas?: number): KubeObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, uid, namespace: 'shop', ...(owner ? { ownerReferences: [owner as never] } : {}) },
    spec: { replicas },
  });
  const ref = (apiVersion: string, kind: string, name: string, uid = name) => ({
    apiVersion,
    kind,
    name,
    uid,
    controller: true,
  });
  const objects = [
    owned('ReplicaSet', 'web-1', 'web-1', ref('apps/v1', 'Deployment', 'web'), 2),
    owned('ReplicaSet', 'lost', 'lost', ref('apps/v1', 'Deployment', 'gone'), 4),
    owned('Deployment', 'web', 'web', undefined, 3),
    owned('StatefulSet', 'db', 'db', undefined, 1),
    owned('ReplicationController', 'old', 'old'),
  ];
  const read = (({ kind }: ResourceType) => ({
    get: (_namespace: string, name: string) => objects.find((one) => one.kind === kind && one.metadata.name === name),
  })) as unknown as Read;

  test.each<[string, object | undefined, PodScale]>([
    ['nobody', undefined, { is: 'unmanaged' }],
    ['a Deployment', ref('apps/v1', 'ReplicaSet', 'web-1'), { is: 'controlled', uid: 'web', replicas: 3 }],
    [
      'a ReplicaSet that lost its own',
      ref('apps/v1', 'ReplicaSet', 'lost'),
      { is: 'controlled', uid: 'lost', replicas: 4 },
    ],
    ['a StatefulSet', ref('apps/v1', 'StatefulSet', 'db'), { is: 'controlled', uid: 'db', replicas: 1 }],
    [
      'a controller that states no number',
      ref('v1', 'ReplicationController', 'old'),
      { is: 'controlled', uid: 'old', replicas: 1 },
    ],
    [
      'a namesake',
      ref('apps/v1', 'StatefulSet', 'db', 'earlier'),
      { is: 'unknown', why: 'found no controllers for pod "p"' },
    ],
    [
      'a DaemonSet',
      ref('apps/v1', 'DaemonSet', 'd'),
      { is: 'unknown', why: 'daemonsets.apps does not implement the scale subresource' },
    ],
    ['a node', ref('v1', 'Node', 'n'), { is: 'unknown', why: 'nodes does not implement the scale subresource' }],
  ])('of %s', (_, owner, expected) => expect(scaleOf(owned('Pod', 'p', 'p', owner) as Pod, read)).toEqual(expected));
});
