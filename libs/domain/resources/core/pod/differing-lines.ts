import { all, each } from '../../../api/findings.js';
import { deepEqual } from '../../../api/deep-equal.js';

const isNested = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What differs, a line for each field, for the person who reads the error: `containers.0.image: "a" → "b"`. */
export function differingLines(next: unknown, current: unknown, path = ''): string[] {
  if (deepEqual(next, current)) return [];
  if (isNested(next) && isNested(current) && Array.isArray(next) === Array.isArray(current)) {
    return each([...new Set(all(Object.keys(current), Object.keys(next)))], (key) =>
      differingLines(next[key], current[key], `${path}.${key}`),
    );
  }
  return [`${path.slice(1)}: ${JSON.stringify(current) ?? '<unset>'} → ${JSON.stringify(next) ?? '<unset>'}`];
}
