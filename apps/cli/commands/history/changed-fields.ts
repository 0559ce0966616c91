/** A field that differs between two states of an object. */
export interface ChangedField {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Bookkeeping that changes with every write and tells nobody anything. */
const noise = new Set(['metadata.managedFields', 'metadata.resourceVersion', 'metadata.generation']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The leaves in which two objects differ, in the order of their fields; lists are compared item by item. Pure. */
export function changedFields(before: unknown, after: unknown, path = ''): ChangedField[] {
  if (noise.has(path)) return [];
  const inside = path === '' ? '' : `${path}.`;
  if (isObject(before) && isObject(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      changedFields(before[key], after[key], `${inside}${key}`),
    );
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, i) => changedFields(item, after[i], `${path}[${i}]`));
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

const shortest = (value: unknown): string => {
  if (value === undefined) return '∅';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
};

/** The changes in a few words: `spec.replicas 3 → 5`. Pure. */
export function summaryOf(fields: readonly ChangedField[], most = 3): string {
  const told = fields
    .slice(0, most)
    .map(({ path, before, after }) => `${path} ${shortest(before)} → ${shortest(after)}`);
  const left = fields.length - told.length;
  return [...told, ...(left > 0 ? [`and ${left} more`] : [])].join(', ');
}
