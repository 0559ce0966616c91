import type { Deployment, ReplicaSet } from '@shiplog/domain';
import type { Action, Plan } from '@shiplog/controller-runtime';
import { planDeployment, type DeploymentWorld } from '../controllers/deployment/deployment.plan.js';

export const noon = new Date('2026-01-01T12:00:00Z');
export const before = (seconds: number): string =>
  `${new Date(noon.getTime() - seconds * 1000).toISOString().slice(0, 19)}Z`;
export const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image }] },
});

export const deployment = (spec: object = {}, status: object = {}, metadata: object = {}): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', uid: 'd', generation: 1, ...metadata },
    spec: {
      replicas: 10,
      selector: { matchLabels: { app: 'web' } },
      template: template('v2'),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...spec,
    },
    status,
  }) as unknown as Deployment;

export interface SetTraits {
  image?: string;
  replicas?: number;
  actual?: number;
  available?: number;
  desired?: number;
  max?: number;
  revision?: number;
  age?: number;
  owned?: boolean;
  terminating?: number;
}

/** A ReplicaSet as the Deployment leaves it behind: sized for 10 replicas and a surge of 3. */
export const set = (name: string, traits: SetTraits = {}): ReplicaSet => {
  const {
    image = 'v1',
    replicas = 10,
    actual = replicas,
    available = actual,
    desired = 10,
    max = 13,
    owned = true,
  } = traits;
  const { revision = image === 'v1' ? 1 : 2, age = image === 'v1' ? 1000 : 10 } = traits;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      generation: 1,
      labels: { app: 'web' },
      creationTimestamp: before(age),
      annotations: {
        'deployment.kubernetes.io/revision': String(revision),
        'deployment.kubernetes.io/desired-replicas': String(desired),
        'deployment.kubernetes.io/max-replicas': String(max),
      },
      ...(owned
        ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true }] }
        : {}),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web', 'pod-template-hash': name } },
      template: { ...template(image), metadata: { labels: { app: 'web', 'pod-template-hash': name } } },
    },
    status: {
      replicas: actual,
      readyReplicas: available,
      availableReplicas: available,
      observedGeneration: 1,
      terminatingReplicas: traits.terminating ?? 0,
    },
  } as unknown as ReplicaSet;
};

export const newest = (traits: SetTraits = {}): ReplicaSet => set('new', { image: 'v2', ...traits });

export const planned = (d: Deployment, replicaSets: ReplicaSet[], more: Partial<DeploymentWorld> = {}): Plan =>
  planDeployment({ deployment: d, replicaSets, pods: [], ...more }, noon);

/** `create 3`, `new → 5`, `delete old`. */
export const inWords = (action: Action): string => {
  if (action.do === 'tell') return `tell ${action.notice.reason}`;
  const { name } = action.object.metadata;
  const replicas = (action.object as ReplicaSet).spec?.replicas;
  if (action.do === 'create') return `create ${replicas}`;
  if (action.do === 'update') return `${name} → ${replicas}`;
  return action.do === 'patch' ? `adopt ${name}` : `delete ${name}`;
};
export const actions = (d: Deployment, replicaSets: ReplicaSet[], more: Partial<DeploymentWorld> = {}): string[] =>
  planned(d, replicaSets, more).actions.map(inWords);
