import type { SchemaNode } from '../../schema/schema-node.js';
import { addressOf } from './every-field.js';
import { isBlank, isMap, mergeForm, type Json, type JsonMap, type MergeForm } from './merge-type.js';
import type { PathElement } from './path-element.js';

/** The live state with an applied configuration laid over it: maps and keyed lists merge, everything else is replaced. Pure; shares structure. */
export function mergeStates(schema: SchemaNode | undefined, live: Json, applied: Json): Json {
  if (applied === undefined) return live;
  if (live === undefined) return applied;
  const form = mergeForm(schema, applied ?? live);
  if (form === 'scalar' || form === 'atomic' || (isBlank(live) && isBlank(applied))) return applied;
  if (form === 'map') return isMap(live) || isMap(applied) ? mergeMaps(schema, live, applied) : applied;
  return mergeLists(schema, form, live, applied);
}

function mergeMaps(schema: SchemaNode | undefined, live: Json, applied: Json): Json {
  const left = isMap(live) ? live : {};
  const right = isMap(applied) ? applied : {};
  const merged: JsonMap = {};
  for (const name in left)
    merged[name] = Object.hasOwn(right, name) ? mergeStates(schema?.field(name), left[name], right[name]) : left[name];
  for (const name in right) if (!Object.hasOwn(left, name)) merged[name] = right[name];
  return merged;
}

interface Addressed {
  readonly element: PathElement | undefined;
  readonly item: Json;
}

/**
 * Items that both sides have take the applied order; live items that are not applied keep their place before the next shared one.
 * Duplicates in the live list are replaced by the applied item.
 */
function mergeLists(schema: SchemaNode | undefined, form: MergeForm, live: Json, applied: Json): Json {
  const address = (list: Json): Addressed[] =>
    (Array.isArray(list) ? (list as Json[]) : []).map((item) => ({ element: addressOf(schema, form, item), item }));
  const left = address(live);
  const right = address(applied);
  const rightItems = new Map(right.map(({ element, item }) => [element, item]));
  const leftItems = new Map<PathElement | undefined, Json>();
  for (const { element, item } of left) leftItems.set(element, leftItems.has(element) ? undefined : item);
  const shared = right.filter(({ element }) => leftItems.has(element)).map(({ element }) => element);
  const done = new Set<PathElement | undefined>();
  const out: Json[] = [];
  const take = (element: PathElement | undefined): void => {
    done.add(element);
    out.push(mergeStates(schema?.items, leftItems.get(element), rightItems.get(element)));
    if (shared[0] === element) shared.shift();
  };
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const mine = left[l];
    const theirs = right[r];
    if (mine !== undefined && theirs !== undefined) {
      if (mine.element === theirs.element) {
        take(mine.element);
        l++;
        r++;
        continue;
      }
      if (rightItems.has(mine.element) && shared.length > 0 && shared[0] !== mine.element) {
        l++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!rightItems.has(mine.element)) {
        out.push(mine.item);
        l++;
        continue;
      }
      if (done.has(mine.element)) l++;
    }
    if (theirs !== undefined) {
      take(theirs.element);
      r++;
    }
  }
  return out;
}
