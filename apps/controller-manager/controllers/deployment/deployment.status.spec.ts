import type { Deployment, DeploymentStatus, ReplicaSet } from '@shiplog/domain';
import { before, deployment, newest, noon, planned, set } from '../../testing/deployments.js';
import { planDeployment } from './deployment.plan.js';
import { newReplicaSetName } from './new-replica-set.js';

describe('what a Deployment says of itself', () => {
  const statusOf = (d: Deployment, sets: ReplicaSet[]): DeploymentStatus =>
    planned(d, sets).status?.status as DeploymentStatus;
  const condition = (d: Deployment, sets: ReplicaSet[], type: string) =>
    statusOf(d, sets).conditions?.find((c) => c.type === type);
  const progressing = (reason: string, updated: string, status = 'True') => ({
    conditions: [
      { type: 'Progressing', status, reason, message: 'm', lastUpdateTime: updated, lastTransitionTime: updated },
    ],
  });

  it('counts over all its ReplicaSets', () => {
    const sets = [set('old', { replicas: 8, terminating: 2 }), newest({ replicas: 5, available: 2 })];
    expect(statusOf(deployment(), sets)).toMatchObject({
      observedGeneration: 1,
      replicas: 13,
      updatedReplicas: 5,
      readyReplicas: 10,
      availableReplicas: 10,
      unavailableReplicas: 3,
      terminatingReplicas: 2,
    });
  });

  const cases: [string, Deployment, ReplicaSet[], string, object | undefined][] = [
    [
      'available at the minimum',
      deployment(),
      [newest({ available: 8 })],
      'Available',
      { status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' },
    ],
    [
      'unavailable below',
      deployment(),
      [newest({ available: 7 })],
      'Available',
      {
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      },
    ],
    [
      'a new ReplicaSet',
      deployment(),
      [],
      'Progressing',
      {
        status: 'True',
        reason: 'NewReplicaSetCreated',
        message: `Created new replica set "${newReplicaSetName(deployment())}"`,
      },
    ],
    [
      'an existing one that it finds',
      deployment({}, { replicas: 10, updatedReplicas: 10, readyReplicas: 10, availableReplicas: 10 }),
      [newest({ available: 9 })],
      'Progressing',
      { status: 'True', reason: 'FoundNewReplicaSet', message: 'Found new replica set "new"' },
    ],
    [
      'progress',
      deployment({}, progressing('NewReplicaSetCreated', before(100))),
      [newest({ available: 5 })],
      'Progressing',
      {
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: 'ReplicaSet "new" is progressing.',
        lastUpdateTime: '2026-01-01T12:00:00Z',
        lastTransitionTime: before(100),
      },
    ],
    [
      'completion',
      deployment({}, progressing('ReplicaSetUpdated', before(5))),
      [newest()],
      'Progressing',
      { status: 'True', reason: 'NewReplicaSetAvailable', message: 'ReplicaSet "new" has successfully progressed.' },
    ],
    [
      'a missed deadline',
      deployment({}, { replicas: 10, updatedReplicas: 10, ...progressing('ReplicaSetUpdated', before(601)) }),
      [newest({ available: 0 })],
      'Progressing',
      { status: 'False', reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet "new" has timed out progressing.' },
    ],
    [
      'a pause',
      deployment({ paused: true }),
      [newest()],
      'Progressing',
      { status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' },
    ],
    [
      'a resumption',
      deployment(
        {},
        {
          replicas: 10,
          updatedReplicas: 10,
          readyReplicas: 10,
          availableReplicas: 10,
          ...progressing('DeploymentPaused', before(601), 'Unknown'),
        },
      ),
      [newest({ available: 9 })],
      'Progressing',
      { status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' },
    ],
    [
      'nothing about progress without a deadline',
      deployment({ progressDeadlineSeconds: undefined }),
      [newest()],
      'Progressing',
      undefined,
    ],
  ];
  test.each(cases)('%s', (_, d, sets, type, expected) => {
    const found = condition(d, sets, type);
    if (expected) expect(found).toMatchObject(expected);
    else expect(found).toBeUndefined();
  });

  it('passes on why a ReplicaSet cannot create pods', () => {
    const failing = newest({ available: 0, actual: 0 });
    const failure = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'quota',
      lastTransitionTime: before(9),
    };
    const stuck = { ...failing, status: { ...failing.status, conditions: [failure] } } as ReplicaSet;
    expect(condition(deployment(), [stuck], 'ReplicaFailure')).toEqual({ ...failure, lastUpdateTime: before(9) });
  });

  it('looks again when its deadline passes', () => {
    const d = deployment({}, { replicas: 10, updatedReplicas: 10, ...progressing('ReplicaSetUpdated', before(100)) });
    expect(planned(d, [newest({ available: 0 })]).requeueAfterMs).toBe(501_000);
  });

  it('keeps a status that has nothing new', () => {
    const sets = [newest()];
    const status = statusOf(deployment(), sets);
    const later = planDeployment(
      { deployment: deployment({}, status), replicaSets: sets, pods: [] },
      new Date(noon.getTime() + 9e6),
    );
    expect(later.status?.status).toEqual(status);
    expect(later.requeueAfterMs).toBeUndefined();
  });
});
