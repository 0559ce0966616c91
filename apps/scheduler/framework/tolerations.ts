import type { Taint, Toleration } from '@shiplog/domain';

type Operator = NonNullable<Toleration['operator']>;

const holds: Record<Operator, (toleration: Toleration, taint: Taint) => boolean> = {
  Exists: () => true,
  Equal: ({ key, value = '' }, taint) => Boolean(key) && value === (taint.value ?? ''),
  Gt: ({ value }, taint) => isNumber(value) && isNumber(taint.value) && BigInt(taint.value) > BigInt(value),
  Lt: ({ value }, taint) => isNumber(value) && isNumber(taint.value) && BigInt(taint.value) < BigInt(value),
};

/** Whether one toleration covers a taint. Without an effect or a key it speaks of all. */
export function covers(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  return holds[toleration.operator ?? 'Equal'](toleration, taint);
}

const isNumber = (text: string | undefined): text is string => text !== undefined && /^-?[0-9]+$/.test(text);

export const tolerates = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some((toleration) => covers(toleration, taint));

/** NoSchedule and NoExecute keep pods away; PreferNoSchedule only advises against. */
export const forbids = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute';
