/** A number or a percentage such as `25%` (intstr.IntOrString). */
export type IntOrString = number | string;

/** The percentage of `25%`; undefined for anything else. */
export const percentOf = (value: IntOrString): number | undefined =>
  typeof value === 'string' && /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;

/**
 * A count as it is, a percentage as its share of `total`. Undefined for a text that is no percentage.
 * Rounding is the field's rule: surge rounds up, unavailability down.
 */
export function scaledValue(value: IntOrString, total: number, rounding: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) return undefined;
  return rounding === 'up' ? Math.ceil((percent * total) / 100) : Math.floor((percent * total) / 100);
}
