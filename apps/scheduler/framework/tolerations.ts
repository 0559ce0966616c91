import type { Taint, Toleration } from '@shiplog/domain';

/** Whether one toleration covers a taint. */
export function covers(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? 'Equal') {
    case 'Exists':
      return true;
    case 'Equal':
      return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
    case 'Gt':
      return isNumber(toleration.value) && isNumber(taint.value) && BigInt(taint.value) > BigInt(toleration.value);
    case 'Lt':
      return isNumber(toleration.value) && isNumber(taint.value) && BigInt(taint.value) < BigInt(toleration.value);
  }
}

const isNumber = (text: string | undefined): text is string => text !== undefined && /^-?[0-9]+$/.test(text);

export const tolerates = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some((toleration) => covers(toleration, taint));

/** NoSchedule and NoExecute keep pods away; PreferNoSchedule only advises against. */
export const forbids = ({ effect }: Taint): boolean => effect === 'NoSchedule' || effect === 'NoExecute';
