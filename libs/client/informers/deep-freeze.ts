/** Caches are read-only: outside production whoever writes to a cached object finds out at once. */
export const freezesCaches = process.env['NODE_ENV'] !== 'production';

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
