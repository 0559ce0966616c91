import type { Pod, ReplicaSet, ReplicaSetStatus } from '@shiplog/domain';
import type { Action } from '@shiplog/controller-runtime';
import { planReplicaSet } from './replica-set.plan.js';

const noon = new Date('2026-01-01T12:00:00Z');
const before = (seconds: number): string => new Date(noon.getTime() - seconds * 1000).toISOString();

const replicaSet = (spec: object = {}, status: object = {}, metadata: object = {}): ReplicaSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'shop', uid: 'rs', generation: 1, ...metadata },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } },
      ...spec,
    },
    status,
  }) as unknown as ReplicaSet;

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true };

interface PodTraits {
  readySeconds?: number;
  phase?: string;
  node?: string;
  labels?: Record<string, string>;
  owned?: boolean;
  cost?: string;
  restarts?: number;
  ageSeconds?: number;
  deleting?: boolean;
}

const pod = (name: string, traits: PodTraits = {}): Pod => {
  const { readySeconds, phase = 'Running', node = 'n1', labels = { app: 'web' }, owned = true } = traits;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      labels,
      creationTimestamp: before(traits.ageSeconds ?? 100),
      ...(owned ? { ownerReferences: [owner] } : {}),
      ...(traits.cost ? { annotations: { 'controller.kubernetes.io/pod-deletion-cost': traits.cost } } : {}),
      ...(traits.deleting ? { deletionTimestamp: before(1) } : {}),
    },
    spec: { containers: [], ...(node ? { nodeName: node } : {}) },
    status: {
      phase,
      conditions:
        readySeconds === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: before(readySeconds) }],
      containerStatuses: [{ name: 'c', restartCount: traits.restarts ?? 0 }],
    },
  } as unknown as Pod;
};

const ready = (name: string, traits: PodTraits = {}): Pod => pod(name, { readySeconds: 60, ...traits });

/** `create`, `delete a`, `adopt a`, `release a`. */
const inWords = (action: Action): string => {
  if (action.do === 'tell') return `tell ${action.notice.reason}`;
  if (action.do === 'create') return 'create';
  const name = action.object.metadata.name ?? '';
  if (action.do === 'delete') return `delete ${name}`;
  const { ownerReferences } = (action as unknown as { patch: { metadata: { ownerReferences: unknown[] | null } } })
    .patch.metadata;
  return `${ownerReferences ? 'adopt' : 'release'} ${name}`;
};

const actions = (rs: ReplicaSet, pods: Pod[], related = pods): string[] =>
  planReplicaSet({ replicaSet: rs, pods, related }, noon).actions.map(inWords);

describe('what a ReplicaSet does', () => {
  const cases: [string, ReplicaSet, Pod[], string[]][] = [
    ['creates what is missing', replicaSet(), [ready('a')], ['create', 'create']],
    ['has one replica if it does not say', replicaSet({ replicas: undefined }), [], ['create']],
    ['rests when there are enough', replicaSet({ replicas: 1 }), [ready('a')], []],
    [
      'replaces a failed pod and leaves it alone',
      replicaSet({ replicas: 1 }),
      [pod('a', { phase: 'Failed' })],
      ['create'],
    ],
    ['replaces a succeeded pod', replicaSet({ replicas: 1 }), [pod('a', { phase: 'Succeeded' })], ['create']],
    ['replaces a terminating pod at once', replicaSet({ replicas: 1 }), [ready('a', { deleting: true })], ['create']],
    [
      'does not delete what is terminating',
      replicaSet({ replicas: 1 }),
      [ready('a'), ready('b', { deleting: true })],
      [],
    ],
    ['adopts a matching orphan', replicaSet({ replicas: 1 }), [ready('a', { owned: false })], ['adopt a']],
    [
      'does not adopt a terminating orphan',
      replicaSet({ replicas: 0 }),
      [ready('a', { owned: false, deleting: true })],
      [],
    ],
    ['leaves an orphan with other labels', replicaSet({ replicas: 0 }), [ready('a', { owned: false, labels: {} })], []],
    [
      'releases a pod that lost its labels, and replaces it',
      replicaSet({ replicas: 1 }),
      [ready('a', { labels: {} })],
      ['release a', 'create'],
    ],
    [
      'does nothing to pods while it is deleted',
      replicaSet({}, {}, { deletionTimestamp: before(1) }),
      [ready('a', { labels: {} })],
      [],
    ],
    ['creates at most 500 at once', replicaSet({ replicas: 900 }), [], Array.from({ length: 500 }, () => 'create')],
  ];
  test.each(cases)('%s', (_, rs, pods, expected) => expect(actions(rs, pods)).toEqual(expected));

  it('makes pods from its template, owned by it and named after it', () => {
    const [action] = planReplicaSet({ replicaSet: replicaSet({ replicas: 1 }), pods: [], related: [] }, noon).actions;
    expect(action).toMatchObject({
      object: {
        metadata: {
          generateName: 'web-',
          namespace: 'shop',
          labels: { app: 'web' },
          ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
        },
        spec: { containers: [] },
      },
      done: { reason: 'SuccessfulCreate', message: 'Created pod: {name}' },
      failed: { reason: 'FailedCreate', message: 'Error creating: {error}' },
    });
  });
});

describe('whom a ReplicaSet gives up first', () => {
  const cases: [string, Pod, Pod][] = [
    ['a pod without a node', pod('x', { node: '' }), pod('a')],
    ['a pending pod', pod('x', { phase: 'Pending' }), pod('a')],
    ['a pod of unknown phase before a running one', pod('x', { phase: 'Unknown' }), pod('a')],
    ['a pod that is not ready', pod('x'), ready('a')],
    ['a pod of lower deletion cost, even if longer ready', ready('x', { cost: '-5', readySeconds: 9000 }), ready('a')],
    ['a pod that became ready lately', ready('x', { readySeconds: 1 }), ready('a', { readySeconds: 1000 })],
    ['a pod that restarts more', ready('x', { restarts: 3 }), ready('a')],
    ['a younger pod', pod('x', { ageSeconds: 1 }), pod('a', { ageSeconds: 1000 })],
  ];
  test.each(cases)('%s', (_, victim, other) => {
    expect(actions(replicaSet({ replicas: 1 }), [other, victim])).toEqual(['delete x']);
    expect(actions(replicaSet({ replicas: 1 }), [victim, other])).toEqual(['delete x']);
  });

  it('spares the pod that is alone on its node, counting pods of the other revisions too', () => {
    const alone = ready('a', { node: 'n1' });
    const crowded = ready('x', { node: 'n2' });
    const ofOldRevision = ready('o', { node: 'n2' });
    expect(actions(replicaSet({ replicas: 1 }), [alone, crowded], [alone, crowded, ofOldRevision])).toEqual([
      'delete x',
    ]);
  });

  it('takes ready times of one order of magnitude as equal, and then the lower uid', () => {
    const pods = [ready('b', { readySeconds: 1000 }), ready('a', { readySeconds: 900 })];
    expect(actions(replicaSet({ replicas: 1 }), pods)).toEqual(['delete a']);
  });
});

describe('what a ReplicaSet says of itself', () => {
  const statusOf = (rs: ReplicaSet, pods: Pod[]): ReplicaSetStatus =>
    planReplicaSet({ replicaSet: rs, pods, related: [] }, noon).status?.status as ReplicaSetStatus;

  it('counts active, labelled, ready, available and terminating pods', () => {
    const rs = replicaSet({
      minReadySeconds: 30,
      template: { metadata: { labels: { app: 'web', hash: '1' } }, spec: { containers: [] } },
    });
    const full = { app: 'web', hash: '1' };
    const pods = [
      ready('a', { labels: full }),
      ready('b', { labels: full, readySeconds: 10 }),
      pod('c'),
      ready('d', { deleting: true }),
      pod('e', { phase: 'Failed' }),
    ];
    expect(statusOf(rs, pods)).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      terminatingReplicas: 1,
      observedGeneration: 1,
    });
  });

  it('looks again when the next pod will have been ready for long enough', () => {
    const pods = [ready('a', { readySeconds: 10 }), ready('b', { readySeconds: 20 }), ready('c')];
    const { requeueAfterMs } = planReplicaSet(
      { replicaSet: replicaSet({ minReadySeconds: 30 }), pods, related: [] },
      noon,
    );
    expect(requeueAfterMs).toBe(10_000);
  });

  it('reports why pods cannot be created, from when it was first so', () => {
    const {
      status,
      actions: [action],
    } = planReplicaSet({ replicaSet: replicaSet(), pods: [], related: [] }, noon);
    const failed = status?.ifFailed?.({ action: action as never, message: 'quota exceeded' }) as ReplicaSetStatus;
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'quota exceeded',
      lastTransitionTime: '2026-01-01T12:00:00Z',
    };
    expect(failed.conditions).toEqual([condition]);
    const later = planReplicaSet(
      { replicaSet: replicaSet({}, failed), pods: [], related: [] },
      new Date(noon.getTime() + 9e5),
    );
    expect(later.status?.ifFailed?.({ action: action as never, message: 'another' })).toMatchObject({
      conditions: [condition],
    });
    expect(later.status?.status).not.toHaveProperty('conditions');
  });
});
