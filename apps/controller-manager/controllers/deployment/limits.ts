import { scaledValue, type Deployment } from '@shiplog/domain';

export const replicasOf = ({ spec }: { spec?: { replicas?: number } }): number => spec?.replicas ?? 1;

export const isRollingUpdate = ({ spec }: Deployment): boolean =>
  (spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const replicas = replicasOf(deployment);
  const surge = scaledValue(maxSurge, replicas, 'up') ?? 0;
  const unavailable = scaledValue(maxUnavailable, replicas, 'down') ?? 0;
  // Validation lets not both be zero, but percentages of few replicas round there: then one pod may be missing, or nothing would move.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

/** How many pods there may be beyond the replicas during a rolling update. */
export const maxSurge = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;

/** How many of the replicas may be unavailable during a rolling update. */
export const maxUnavailable = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? Math.min(fenceposts(deployment).unavailable, replicasOf(deployment)) : 0;
