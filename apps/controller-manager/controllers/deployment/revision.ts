import type { Deployment, ReplicaSet } from '@shiplog/domain';
import { maxSurge } from './limits.js';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

/** Annotations that are the Deployment's own and are not handed to its ReplicaSets. */
const own = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
]);
const maxHistoryChars = 2000;

type Annotations = Record<string, string>;

const integerOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;

export const revisionOf = ({ metadata }: ReplicaSet): number =>
  integerOf(metadata.annotations?.[revisionAnnotation]) ?? 0;
export const desiredReplicasOf = ({ metadata }: ReplicaSet): number | undefined =>
  integerOf(metadata.annotations?.[desiredAnnotation]);
export const maxReplicasOf = ({ metadata }: ReplicaSet): number | undefined =>
  integerOf(metadata.annotations?.[maxAnnotation]);

/** The revision that comes after those of the old ReplicaSets. */
export const nextRevision = (old: readonly ReplicaSet[]): number => Math.max(0, ...old.map(revisionOf)) + 1;

/** How large the Deployment was, and might become, when the ReplicaSet was last sized: tells scaling from rolling out. */
export const sizeAnnotations = (deployment: Deployment): Annotations => {
  const replicas = deployment.spec?.replicas ?? 1;
  return { [desiredAnnotation]: String(replicas), [maxAnnotation]: String(replicas + maxSurge(deployment)) };
};

/** The annotations of the ReplicaSet that is the newest revision, or becomes it again by a rollback. */
export function newestAnnotations(deployment: Deployment, current: Annotations, revision: number): Annotations {
  const inherited = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !own.has(key));
  const annotations = { ...current, ...Object.fromEntries(inherited) };
  const known = current[revisionAnnotation];
  const knownRevision = known === undefined || known === '' ? 0 : integerOf(known);
  if (knownRevision === undefined || knownRevision >= revision) return annotations;
  return {
    ...annotations,
    [revisionAnnotation]: String(revision),
    ...(known === undefined ? {} : { [historyAnnotation]: extendedHistory(current[historyAnnotation], known) }),
  };
}

/** Oldest revisions are forgotten where the list grows too long. */
function extendedHistory(history: string | undefined, revision: string): string {
  const revisions = history ? [...history.split(','), revision] : [revision];
  while (revisions.length > 1 && revisions.join(',').length > maxHistoryChars) revisions.shift();
  return revisions.join(',');
}
