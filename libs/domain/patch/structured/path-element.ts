import { memoized } from '../../api/memoized.js';

/**
 * One step of a path in a field set, in the text form that FieldsV1 stores: `f:name` a field, `k:{"name":"web"}` a list item by its keys,
 * `v:"x"` a set's item by its value, `i:0` an item by its place.
 */
export type PathElement = string;

/** Names of fields and labels are few, and a text that was a key before is looked up faster than a new one. */
const rememberedNames = 10_000;

export const fieldElement = memoized((name: string): PathElement => `f:${name}`, rememberedNames);

/** JSON as Go's encoders write it inside keys: angle brackets and ampersands are escaped. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const valueElement = (value: unknown): PathElement => `v:${goJson(value)}`;

const goName = memoized(goJson, rememberedNames);
const goPair = ([name, value]: readonly [string, unknown]): string =>
  `${goName(name)}:${typeof value === 'string' ? goName(value) : goJson(value)}`;

/** Keys sorted by name. */
export function keyElement(keys: readonly (readonly [string, unknown])[]): PathElement {
  const [only] = keys;
  if (only && keys.length === 1) return `k:{${goPair(only)}}`;
  const isSorted = keys.every(([name], i) => i === 0 || (keys[i - 1]?.[0] ?? '') < name);
  const sorted = isSorted ? keys : [...keys].sort(([a], [b]) => (a < b ? -1 : 1));
  return `k:{${sorted.map(goPair).join(',')}}`;
}

const parsed = memoized((text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}, rememberedNames);

/** As conflicts and errors print it: `.spec`, `[name="web"]`, `[="x"]`, `[0]`. */
export function printElement(element: PathElement): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('i:')) return `[${rest}]`;
  if (element.startsWith('v:')) return `[=${JSON.stringify(parsed(rest))}]`;
  const keys = parsed(rest);
  const pairs = typeof keys === 'object' && keys !== null ? Object.entries(keys) : [];
  return `[${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}

const letterF = 'f'.charCodeAt(0);
const isField = (element: PathElement): boolean => element.charCodeAt(0) === letterF;

const ranks = 'fkvi';
const rankOf = (element: PathElement): number => ranks.indexOf(element.charAt(0));

/** Fields by name, then list items by key, by value, by place. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  if (isField(a) && isField(b)) return a < b ? -1 : 1;
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  return compareValues(parsed(a.slice(2)), parsed(b.slice(2)));
}

const typeRanks = ['number', 'string', 'boolean', 'object'];
const typeRank = (value: unknown): number => typeRanks.indexOf(typeof value);

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeRank(a) - typeRank(b);
  if (typeof a === 'object' && a !== null && b !== null)
    return compareKeys(Object.entries(a), Object.entries(b as object));
  return String(a) < String(b) ? -1 : 1;
}

type Entries = readonly (readonly [string, unknown])[];

function compareKeys(a: Entries, b: Entries): number {
  for (const [i, [name, value]] of a.entries()) {
    const [otherName, otherValue] = b[i] ?? [];
    if (otherName === undefined) return 1;
    if (name !== otherName) return name < otherName ? -1 : 1;
    if (value !== otherValue) return compareValues(value, otherValue);
  }
  return a.length - b.length;
}
