import type { Taint, Toleration } from '@shiplog/domain';

export const sameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

/** Whether the toleration lets a pod stay in spite of the taint. An empty key with Exists tolerates everything. */
export function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key ? key !== taint.key : operator !== 'Exists') return false;
  return operator === 'Exists' || (operator === 'Equal' && value === (taint.value ?? ''));
}

/**
 * When a pod has to leave because of the taints, in ms since the epoch: never (undefined), at once where one is not tolerated, else when
 * the first of its tolerations runs out.
 */
export function evictionTime(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  now: Date,
): number | undefined {
  const times = taints.map((taint) => {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return now.getTime();
    const limits = matching.flatMap(({ tolerationSeconds: s }) => (s === undefined ? [] : [Math.max(0, s)]));
    if (limits.length === 0) return Infinity;
    return (taint.timeAdded ? Date.parse(taint.timeAdded) : now.getTime()) + Math.min(...limits) * 1000;
  });
  const first = Math.min(Infinity, ...times);
  return first === Infinity ? undefined : first;
}
