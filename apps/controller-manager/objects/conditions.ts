/** What the conditions of all kinds have in common. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** metav1.Time: RFC 3339 in whole seconds. */
export const timestamp = (now: Date): string => `${now.toISOString().slice(0, 19)}Z`;

export const conditionOf = <T extends Condition>(conditions: readonly T[] | undefined, type: string): T | undefined =>
  conditions?.find((condition) => condition.type === type);

export const isTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  conditionOf(conditions, type)?.status === 'True';

export const withoutCondition = <T extends Condition>(conditions: readonly T[] | undefined, type: string): T[] =>
  (conditions ?? []).filter((condition) => condition.type !== type);

/** The list with `next` in it, in the place of the one of its type. The time of transition moves only when the status does. */
export function withCondition<T extends Condition>(conditions: readonly T[] | undefined, next: T, now: Date): T[] {
  const previous = conditionOf(conditions, next.type);
  const lastTransitionTime =
    previous?.status === next.status ? previous.lastTransitionTime : (next.lastTransitionTime ?? timestamp(now));
  const condition = { ...next, lastTransitionTime };
  if (!previous) return [...(conditions ?? []), condition];
  return (conditions ?? []).map((existing) => (existing.type === next.type ? condition : existing));
}
