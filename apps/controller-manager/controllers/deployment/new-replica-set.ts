import { deepEqual, type Deployment, type PodTemplateSpec, type ReplicaSet } from '@shiplog/domain';
import { deployments } from '@shiplog/client';
import { controllerReference } from '../../objects/ownership.js';

export const templateHashLabel = 'pod-template-hash';

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a of the template's JSON with sorted keys, spelled without vowels so that it is no word. `collisions` yields another one. */
export function templateHash(template: PodTemplateSpec | undefined, collisions = 0): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${canonical(template)}${collisions > 0 ? `#${collisions}` : ''}`)) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return [...String(hash)].map((digit) => letters[digit.charCodeAt(0) % letters.length]).join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, child]) => `${JSON.stringify(key)}:${canonical(child)}`)
    .join(',')}}`;
}

const maxNameLength = 253;

export function newReplicaSetName({ metadata, spec, status }: Deployment): string {
  const suffix = `-${templateHash(spec?.template, status?.collisionCount)}`;
  return `${(metadata.name ?? '').slice(0, maxNameLength - suffix.length)}${suffix}`;
}

const withoutHash = (template: PodTemplateSpec | undefined): unknown => {
  const { [templateHashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
};

/** Whether the ReplicaSet runs what the Deployment asks for. */
export const runsTemplateOf = (replicaSet: ReplicaSet, deployment: Deployment): boolean =>
  deepEqual(withoutHash(replicaSet.spec?.template), withoutHash(deployment.spec?.template));

/** The ReplicaSet of the Deployment's present template, without replicas and annotations. */
export function newReplicaSet(deployment: Deployment): ReplicaSet {
  const { selector, template, minReadySeconds } = deployment.spec ?? {};
  const hash = { [templateHashLabel]: templateHash(template, deployment.status?.collisionCount) };
  const labels = { ...template?.metadata?.labels, ...hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: newReplicaSetName(deployment),
      namespace: deployment.metadata.namespace,
      labels,
      ownerReferences: [controllerReference(deployment, deployments)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, ...hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  } as ReplicaSet;
}
