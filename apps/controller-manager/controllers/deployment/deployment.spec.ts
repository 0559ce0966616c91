import type { Deployment, Pod, ReplicaSet } from '@shiplog/domain';
import { actions, deployment, newest, planned, set, template, type SetTraits } from '../../testing/deployments.js';
import { newReplicaSetName } from './new-replica-set.js';

const recreate = { strategy: { type: 'Recreate' } };

describe('how a Deployment rolls out', () => {
  const cases: [string, Deployment, ReplicaSet[], string[]][] = [
    ['creates its first ReplicaSet at full size', deployment(), [], ['create 10']],
    ['starts an update with as many as the surge allows', deployment(), [set('old')], ['create 3']],
    [
      'with no surge, starts with none',
      deployment({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }),
      [set('old')],
      ['create 0'],
    ],
    [
      'takes down old ones as far as availability allows',
      deployment(),
      [set('old'), newest({ replicas: 3, available: 0 })],
      ['old → 8'],
    ],
    [
      'grows the new one as the old ones shrink',
      deployment(),
      [set('old', { replicas: 8 }), newest({ replicas: 3, available: 0 })],
      ['new → 5'],
    ],
    [
      'waits for new pods to be available',
      deployment(),
      [set('old', { replicas: 8 }), newest({ replicas: 5, available: 0 })],
      [],
    ],
    [
      'takes old ones down as new ones come up',
      deployment(),
      [set('old', { replicas: 8 }), newest({ replicas: 5, available: 2 })],
      ['old → 6'],
    ],
    [
      'does not count on pods that are on their way out, which a status still calls available',
      deployment(),
      [set('old', { replicas: 8, available: 10 }), newest({ replicas: 5, available: 2 })],
      ['old → 6'],
    ],
    [
      'takes down unhealthy old ones first',
      deployment(),
      [set('bad', { replicas: 3, available: 0, age: 2000 }), set('old', { replicas: 10 }), newest({ replicas: 0 })],
      ['bad → 0', 'old → 8'],
    ],
    [
      'does not use the pods that never became available to take down healthy ones',
      deployment(),
      [set('old', { replicas: 8 }), newest({ replicas: 5, available: 0 })],
      [],
    ],
    ['rests when all is done', deployment(), [set('old', { replicas: 0 }), newest()], []],
    [
      'scales the new one down if it is too large',
      deployment({ replicas: 10 }),
      [newest({ replicas: 12 })],
      ['new → 10'],
    ],
    [
      'rolls back to a ReplicaSet that it still has',
      deployment({ template: template('v1') }),
      [set('old', { replicas: 0 }), newest()],
      ['old → 3'],
    ],
    ['adopts a ReplicaSet that matches', deployment(), [set('old', { owned: false })], ['adopt old']],
  ];
  test.each(cases)('%s', (_, d, sets, expected) => expect(actions(d, sets)).toEqual(expected));

  it('rounds percentages: surge up, unavailable down', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };
    expect(actions(deployment({ replicas: 3, strategy }), [set('old', { replicas: 3, desired: 3, max: 4 })])).toEqual([
      'create 1',
    ]);
  });

  it('lets one pod be missing where percentages would round surge and unavailability to none', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '0%', maxUnavailable: '10%' } };
    const sets = [set('old', { replicas: 3, desired: 3, max: 3 }), newest({ replicas: 0, desired: 3, max: 3 })];
    expect(actions(deployment({ replicas: 3, strategy }), sets)).toEqual(['old → 2']);
  });

  it('names its ReplicaSet by the template, and labels it and its pods with the hash', () => {
    const d = deployment();
    const [action] = planned(d, []).actions;
    const name = newReplicaSetName(d);
    const hash = name.slice('web-'.length);
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5,10}$/);
    expect(action).toMatchObject({
      object: {
        metadata: {
          name,
          labels: { app: 'web', 'pod-template-hash': hash },
          annotations: {
            'deployment.kubernetes.io/revision': '1',
            'deployment.kubernetes.io/desired-replicas': '10',
            'deployment.kubernetes.io/max-replicas': '13',
          },
          ownerReferences: [{ kind: 'Deployment', uid: 'd', controller: true, blockOwnerDeletion: true }],
        },
        spec: {
          selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } },
          template: { metadata: { labels: { 'pod-template-hash': hash } } },
        },
      },
      done: { reason: 'ScalingReplicaSet', message: `Scaled up replica set ${name} from 0 to 10` },
    });
    expect(newReplicaSetName(deployment({ replicas: 1 }))).toBe(name);
    expect(newReplicaSetName(deployment({ template: template('v3') }))).not.toBe(name);
  });

  it('chooses another name when a stranger has the one it wants', () => {
    const d = deployment();
    const plan = planned(d, [], { namesake: set(newReplicaSetName(d), { owned: false }) });
    expect(plan.actions).toEqual([]);
    expect(plan.status?.status).toMatchObject({ collisionCount: 1 });
    expect(newReplicaSetName(deployment({}, { collisionCount: 1 }))).not.toBe(newReplicaSetName(d));
  });

  it('tells of each change of size', () => {
    const [action] = planned(deployment(), [set('old'), newest({ replicas: 3, available: 0 })]).actions;
    expect(action).toMatchObject({
      done: { reason: 'ScalingReplicaSet', message: 'Scaled down replica set old from 10 to 8' },
    });
  });

  it('refuses to select everything', () =>
    expect(actions(deployment({ selector: {} }), [])).toEqual(['tell SelectingAll']));
});

describe('how a Deployment recreates', () => {
  const emptied = set('old', { replicas: 0 });
  const unheard = { ...emptied, metadata: { ...emptied.metadata, generation: 2 } };
  const running = { metadata: { name: 'p', uid: 'p' }, status: { phase: 'Running' } } as unknown as Pod;
  const ended = { metadata: { name: 'p', uid: 'p' }, status: { phase: 'Failed' } } as unknown as Pod;
  const cases: [string, ReplicaSet[], Pod[], string[]][] = [
    ['takes all old ones down first', [set('old')], [], ['old → 0']],
    ['waits while the old ReplicaSet counts pods', [set('old', { replicas: 0, actual: 2 })], [], []],
    ['waits until the old ReplicaSet has heard of it', [unheard], [], []],
    ['waits while an old pod runs', [set('old', { replicas: 0 })], [running], []],
    ['then creates the new one at full size', [set('old', { replicas: 0 })], [ended], ['create 10']],
    ['brings an existing one to full size', [set('old', { replicas: 0 }), newest({ replicas: 0 })], [], ['new → 10']],
  ];
  test.each(cases)('%s', (_, sets, pods, expected) =>
    expect(actions(deployment(recreate), sets, { pods })).toEqual(expected),
  );
});

describe('how a Deployment is scaled', () => {
  const cases: [string, Deployment, ReplicaSet[], string[]][] = [
    ['the only ReplicaSet takes the new size', deployment({ replicas: 4 }), [newest()], ['new → 4']],
    ['to nothing', deployment({ replicas: 0 }), [newest()], ['new → 0']],
    [
      'in the middle of a rollout, in proportion',
      deployment({ replicas: 20 }),
      [set('old', { replicas: 8 }), newest({ replicas: 5, available: 1 })],
      ['new → 9', 'old → 14'],
    ],
    [
      'down in the middle of a rollout',
      deployment({ replicas: 5 }),
      [set('old', { replicas: 8 }), newest({ replicas: 5, available: 1 })],
      ['new → 3', 'old → 5'],
    ],
    [
      'to nothing in the middle of a rollout',
      deployment({ replicas: 0 }),
      [set('old', { replicas: 8 }), newest({ replicas: 5, available: 1 })],
      ['new → 0', 'old → 0'],
    ],
    ['while paused', deployment({ paused: true, replicas: 12 }), [set('old')], ['old → 12']],
    ['a paused one does not roll out', deployment({ paused: true }), [set('old')], []],
  ];
  test.each(cases)('%s', (_, d, sets, expected) => expect(actions(d, sets)).toEqual(expected));
});

describe('what a Deployment keeps of its past', () => {
  const old = (revision: number, traits: SetTraits = {}): ReplicaSet =>
    set(`r${revision}`, { image: `v0.${revision}`, replicas: 0, revision, age: 1000 - revision, ...traits });
  const done = { replicas: 10, updatedReplicas: 10, availableReplicas: 10, observedGeneration: 1 };
  const cases: [string, object, ReplicaSet[], string[]][] = [
    [
      'deletes the lowest revisions beyond the limit',
      { revisionHistoryLimit: 1 },
      [old(3), old(1), old(2)],
      ['delete r1', 'delete r2'],
    ],
    ['keeps one that still has pods', { revisionHistoryLimit: 0 }, [old(1, { actual: 1 })], []],
    ['keeps all within the limit', { revisionHistoryLimit: 3 }, [old(1), old(2), old(3)], []],
  ];
  test.each(cases)('%s', (_, spec, sets, expected) =>
    expect(actions(deployment(spec, done), [...sets, newest({ revision: 9 })])).toEqual(expected),
  );

  it('gives a ReplicaSet that comes back the next revision and remembers its old one', () => {
    const d = deployment({ template: template('v1') });
    const [action] = planned(d, [set('old', { replicas: 3 }), newest({ replicas: 10, revision: 2 })]).actions;
    expect(action).toMatchObject({
      object: {
        metadata: {
          name: 'old',
          annotations: { 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' },
        },
      },
    });
  });

  it('carries its revision itself, and hands its other annotations on', () => {
    const d = deployment(
      {},
      {},
      { annotations: { 'kubernetes.io/change-cause': 'v2', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    );
    const plan = planned(d, [newest()]);
    expect(plan.status?.annotations).toEqual({ 'deployment.kubernetes.io/revision': '2' });
    expect(plan.actions[0]).toMatchObject({
      object: { metadata: { annotations: { 'kubernetes.io/change-cause': 'v2' } } },
    });
    expect((plan.actions[0] as unknown as { object: ReplicaSet }).object.metadata.annotations).not.toHaveProperty(
      'kubectl.kubernetes.io/last-applied-configuration',
    );
  });
});
