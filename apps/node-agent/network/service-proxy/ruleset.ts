/** A chain: the line that hooks it in, if it is hooked, and its rules. */
export interface Chain {
  readonly hook?: string;
  readonly rules: readonly string[];
}

/** A set or map: its declaration, and its elements by key (value '' in a set). A set that the kernel fills has no elements here. */
export interface Collection {
  readonly kind: 'set' | 'map';
  readonly declaration: string;
  readonly elements: ReadonlyMap<string, string>;
}

/** What one nftables table is to hold. */
export interface Ruleset {
  readonly chains: ReadonlyMap<string, Chain>;
  readonly collections: ReadonlyMap<string, Collection>;
}

/**
 * The nft script that turns a table from `previous` into `next` in one transaction; '' when they are equal. Without `previous` the table
 * is made anew, whatever it holds. Chains and collections that stay keep their state: what the kernel remembers of clients survives. Pure.
 */
export function transaction(table: string, previous: Ruleset | undefined, next: Ruleset): string {
  const before = previous ?? { chains: new Map<string, Chain>(), collections: new Map<string, Collection>() };
  const chains = compare(before.chains, next.chains, (a, b) => a.rules.join('\n') === b.rules.join('\n'));
  const collections = compare(before.collections, next.collections, (a, b) => a.elements === b.elements);
  const lines = [
    ...collections.added.map(([name, { kind, declaration }]) => `add ${kind} ${table} ${name} { ${declaration} }`),
    ...chains.added.map(([name, { hook }]) => `add chain ${table} ${name}${hook ? ` { ${hook} }` : ''}`),
    ...collections.kept.flatMap(([name, old, now]) => elementLines('delete', table, name, withoutThose(old, now))),
    ...[...chains.changed, ...chains.removed].map(([name]) => `flush chain ${table} ${name}`),
    ...[...chains.added, ...chains.changed].flatMap(([name, { rules }]) =>
      rules.map((rule) => `add rule ${table} ${name} ${rule}`),
    ),
    ...collections.added.flatMap(([name, { elements }]) => elementLines('add', table, name, elements)),
    ...collections.kept.flatMap(([name, old, now]) => elementLines('add', table, name, withoutThose(now, old))),
    ...chains.removed.map(([name]) => `delete chain ${table} ${name}`),
    ...collections.removed.map(([name, { kind }]) => `delete ${kind} ${table} ${name}`),
  ];
  const anew = previous ? [] : [`add table ${table}`, `delete table ${table}`, `add table ${table}`];
  return [...anew, ...lines].map((line) => `${line}\n`).join('');
}

interface Comparison<T> {
  readonly added: (readonly [string, T])[];
  readonly removed: (readonly [string, T])[];
  readonly changed: (readonly [string, T])[];
  /** In both: as it was, as it is to be. */
  readonly kept: (readonly [string, T, T])[];
}

function compare<T>(
  before: ReadonlyMap<string, T>,
  next: ReadonlyMap<string, T>,
  equal: (a: T, b: T) => boolean,
): Comparison<T> {
  const kept = [...next].flatMap(([name, now]) => {
    const old = before.get(name);
    return old === undefined ? [] : [[name, old, now] as const];
  });
  return {
    added: [...next].filter(([name]) => !before.has(name)),
    removed: [...before].filter(([name]) => !next.has(name)),
    changed: kept.filter(([, old, now]) => !equal(old, now)).map(([name, , now]) => [name, now] as const),
    kept,
  };
}

/** The elements of one that the other does not have, or has with another value. */
const withoutThose = (these: Collection, those: Collection): ReadonlyMap<string, string> =>
  new Map([...these.elements].filter(([key, value]) => those.elements.get(key) !== value));

function elementLines(
  verb: 'add' | 'delete',
  table: string,
  name: string,
  elements: ReadonlyMap<string, string>,
): string[] {
  if (elements.size === 0) return [];
  const items = [...elements].map(([key, value]) => (verb === 'add' && value !== '' ? `${key} : ${value}` : key));
  return [`${verb} element ${table} ${name} { ${items.join(', ')} }`];
}
