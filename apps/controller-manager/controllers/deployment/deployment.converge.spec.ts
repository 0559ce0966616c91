import type { Deployment, Pod, ReplicaSet } from '@shiplog/domain';
import { deployments, pods, replicaSets } from '@shiplog/client';
import { expectConverges, type Actor, type MemoryApi } from '@shiplog/testing';
import { replicaSetController } from '../replica-set/replica-set.controller.js';
import { deploymentController } from './deployment.controller.js';

const refOf = (object: Pod | Deployment | ReplicaSet, plural: string, group: string) => ({
  group,
  version: 'v1',
  plural,
  namespace: 'shop',
  name: object.metadata.name ?? '',
});

const deployment = (image: string, replicas: number, strategy: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    strategy,
    revisionHistoryLimit: 2,
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
  },
});

/** A node that starts one pod, makes one ready, or ends one that is to go, at a time. */
const node: Actor = async (api) => {
  for (const pod of api.all(pods)) {
    const ref = refOf(pod, 'pods', '');
    if (pod.metadata.deletionTimestamp) {
      await api.delete(ref, { gracePeriodSeconds: 0 });
      return true;
    }
    if (!pod.spec?.nodeName) {
      await api.patch(ref, 'merge', { spec: { nodeName: 'n1' } });
      return true;
    }
    if (pod.status?.phase !== 'Running') {
      const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '1970-01-01T00:00:00Z' }];
      await api.patch({ ...ref, subresource: 'status' }, 'merge', { status: { phase: 'Running', conditions } });
      return true;
    }
  }
  return false;
};

/** A person who makes these changes one after the other, whenever. */
const person = (changes: readonly object[]): Actor => {
  const left = new Map<MemoryApi, object[]>();
  return async (api) => {
    const todo = left.get(api) ?? [...changes];
    left.set(api, todo);
    const [found] = api.all(deployments);
    const change = found && todo.shift();
    if (!change) return false;
    await api.patch(refOf(found, 'deployments', 'apps'), 'merge', { spec: change });
    return true;
  };
};

const image = (name: string) => ({ template: { spec: { containers: [{ name: 'c', image: name }] } } });

const imagesOf = (api: MemoryApi): string[] =>
  api
    .all(pods)
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ spec }) => spec?.containers[0]?.image ?? '');

const askedFor = (api: MemoryApi): number =>
  api.all(replicaSets).reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0);

const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };

describe('deployment and replicaset controllers together', () => {
  it('reach the last template and size, whatever happens in between', () =>
    expectConverges({
      controllers: [deploymentController, replicaSetController],
      actors: [node, person([image('v2'), { replicas: 2 }, image('v3'), { replicas: 5 }, image('v1')])],
      given: async (api) => {
        await api.create(
          { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'shop' },
          deployment('v1', 3, rolling),
        );
      },
      then: (api) => {
        expect(imagesOf(api)).toEqual(Array.from({ length: 5 }, () => 'v1'));
        expect(api.all(deployments)[0]?.status).toMatchObject({
          replicas: 5,
          updatedReplicas: 5,
          availableReplicas: 5,
        });
        expect(api.all(replicaSets).length).toBeLessThanOrEqual(3);
      },
    }));

  it('never ask for more pods than the surge allows', () =>
    expectConverges({
      controllers: [deploymentController, replicaSetController],
      actors: [node, person([image('v2')])],
      given: async (api) => {
        await api.create(
          { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'shop' },
          deployment('v1', 4, rolling),
        );
      },
      always: (api) => expect(askedFor(api)).toBeLessThanOrEqual(5),
      then: (api) => expect(imagesOf(api)).toEqual(Array.from({ length: 4 }, () => 'v2')),
    }));

  it('recreate without ever mixing templates', () =>
    expectConverges({
      controllers: [deploymentController, replicaSetController],
      actors: [node, person([image('v2')])],
      given: async (api) => {
        await api.create(
          { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'shop' },
          deployment('v1', 3, { type: 'Recreate' }),
        );
      },
      always: (api) =>
        expect(new Set(api.all(pods).map(({ spec }) => spec?.containers[0]?.image)).size).toBeLessThanOrEqual(1),
      then: (api) => expect(imagesOf(api)).toEqual(['v2', 'v2', 'v2']),
    }));
});
