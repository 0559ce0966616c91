import { isRawJSON, rawJSON } from './scalar-forms.js';

/** A JSON object of any kind. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value);

/** Keys of all objects at every depth. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null || isRawJSON(value)) return 0;
  const isList = Array.isArray(value);
  let keys = 0;
  for (const name in value) {
    if (!isList) keys++;
    const below = (value as Fields)[name];
    if (typeof below === 'object') keys += countKeys(below);
  }
  return keys;
}

/** Free JSON whose long integers can be written: the value itself where there are none. */
export function withRawNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return rawJSON(value.toString());
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Fields;
  let changed: Fields | undefined;
  for (const name in given) {
    const below = given[name];
    if (typeof below !== 'object' && typeof below !== 'bigint') continue;
    const written = withRawNumbers(below);
    if (written === below) continue;
    changed ??= Array.isArray(value) ? ([...(value as unknown[])] as unknown as Fields) : copyFields(given);
    put(changed, name, written);
  }
  return changed ?? value;
}

function copyFields(fields: Fields): Fields {
  const copy: Fields = {};
  for (const [name, value] of Object.entries(fields)) put(copy, name, value);
  return copy;
}

/** Sets an own field, whatever it is called. */
export function put(into: Fields, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
  else into[key] = value;
}
