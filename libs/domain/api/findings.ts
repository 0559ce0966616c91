/**
 * What rules find, put together. They run at every write and nearly always find nothing, so nothing is made before there is something:
 * an array of spread arrays would be filled by iterators, one for each rule. What these give back is not to be changed.
 */
const nothing: never[] = [];
Object.freeze(nothing);

/** What several rules have found, in order. */
export function all<Finding>(...found: readonly Finding[][]): Finding[] {
  let joined: Finding[] = nothing;
  for (const findings of found)
    if (findings.length > 0) joined = joined.length === 0 ? findings : joined.concat(findings);
  return joined;
}

/** What a rule finds about each of a list's items, in order; nothing without a list. */
export function each<Item, Finding>(
  items: readonly Item[] | undefined,
  rule: (item: Item, index: number) => Finding[],
): Finding[] {
  let joined: Finding[] = nothing;
  if (items)
    for (let i = 0; i < items.length; i++) {
      const findings = rule(items[i] as Item, i);
      if (findings.length > 0) joined = joined.length === 0 ? findings : joined.concat(findings);
    }
  return joined;
}

/** What a rule finds about each of a map's entries, in order; nothing without a map. */
export function eachEntry<Value, Finding>(
  map: Readonly<Record<string, Value>> | undefined,
  rule: (key: string, value: Value) => Finding[],
): Finding[] {
  let joined: Finding[] = nothing;
  for (const key in map) {
    const findings = rule(key, map[key] as Value);
    if (findings.length > 0) joined = joined.length === 0 ? findings : joined.concat(findings);
  }
  return joined;
}
