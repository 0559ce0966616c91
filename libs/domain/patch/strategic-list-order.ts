import { deepEqual } from '../api/deep-equal.js';
import type { Json } from './structured/merge-type.js';

type KeyOf = (item: Json) => Json;

const indexIn = (list: readonly Json[], key: Json, keyOf: KeyOf): number =>
  list.findIndex((item) => deepEqual(keyOf(item), key));

/**
 * Puts merged items in order: those that `order` names as it names them, the others as they stood among `live`;
 * where both meet, an item that only the server has stays before the first named item that stood after it.
 */
export function inOrder(items: readonly Json[], order: readonly Json[], live: readonly Json[], keyOf: KeyOf): Json[] {
  const named = items
    .map((item) => ({ item, at: indexIn(order, keyOf(item), keyOf) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
  const others = items.filter((item) => indexIn(order, keyOf(item), keyOf) < 0);
  const liveIndex = (item: Json): number => indexIn(live, keyOf(item), keyOf);
  others.sort((a, b) => liveIndex(a) - liveIndex(b));
  return interleaved(others, named, liveIndex);
}

function interleaved(others: readonly Json[], named: readonly Json[], liveIndex: (item: Json) => number): Json[] {
  const result: Json[] = [];
  let o = 0;
  let n = 0;
  while (o < others.length && n < named.length) {
    const other = others[o];
    const next = named[n];
    const before = liveIndex(other);
    const after = liveIndex(next);
    if (after >= 0 && before >= 0 && before < after) {
      result.push(other);
      o++;
    } else {
      result.push(next);
      n++;
    }
  }
  return [...result, ...others.slice(o), ...named.slice(n)];
}
