import { deepEqual } from '../api/deep-equal.js';
import { badRequest, StatusError } from '../api/status-error.js';
import type { SchemaNode } from '../schema/schema-node.js';
import { isMap, type Json, type JsonMap } from './structured/merge-type.js';
import { inOrder } from './strategic-list-order.js';

const directive = '$patch';
const retainKeys = '$retainKeys';
const deletePrefix = '$deleteFromPrimitiveList';
const orderPrefix = '$setElementOrder';

const failure = (message: string): StatusError => new StatusError(500, 'Unknown', message);
const badRetainKeys = (): StatusError => badRequest('invalid patch format of retainKeys');

/** Maps as the reference prints them in messages. */
const printed = (value: Json): string =>
  isMap(value)
    ? `map[${Object.keys(value)
        .sort()
        .map((key) => `${key}:${printed(value[key])}`)
        .join(' ')}]`
    : Array.isArray(value)
      ? `[${(value as Json[]).map(printed).join(' ')}]`
      : value === null || value === undefined
        ? '<nil>'
        : String(value);

const noMergeKey = (item: Json, key: string): StatusError =>
  failure(`map: ${printed(item)} does not contain declared merge key: ${key}`);

/**
 * Applies a strategic merge patch: lists merge by the schema's patchMergeKey, with `$patch`, `$retainKeys`, `$setElementOrder/x` and
 * `$deleteFromPrimitiveList/x`. Pure; shares what it leaves alone. Kinds without a schema do not offer it.
 * @throws StatusError BadRequest for a malformed directive; 500 for a missing merge key or an unknown directive, as the reference answers.
 */
export function applyStrategicMergePatch(schema: SchemaNode | undefined, document: Json, patch: Json): Json {
  if (!isMap(patch)) throw badRequest('json: cannot unmarshal array into Go value of type map[string]interface {}');
  return mergeMap(schema, isMap(document) ? document : {}, patch);
}

function mergeMap(schema: SchemaNode | undefined, original: JsonMap, patch: JsonMap): JsonMap {
  if (Object.hasOwn(patch, directive)) return directed(patch);
  const result = retained(original, patch);
  const rest = applyOrderedLists(schema, result, patch);
  for (const key of Object.keys(rest)) {
    if (key === retainKeys) continue;
    const value = rest[key];
    if (key.startsWith(deletePrefix)) deleteFromList(result, listName(key, deletePrefix), value);
    else if (value === null) Reflect.deleteProperty(result, key);
    else if (value !== undefined) set(result, key, mergeValue(schema?.field(key), own(result, key), value));
  }
  return result;
}

const own = (map: JsonMap, key: string): Json => (Object.hasOwn(map, key) ? map[key] : undefined);

/** Undefined deletes. Keys are data, whatever their name. */
function set(map: JsonMap, key: string, value: Json): void {
  if (value === undefined) Reflect.deleteProperty(map, key);
  else if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function directed(patch: JsonMap): JsonMap {
  const { [directive]: what, ...rest } = patch;
  if (what === 'replace') return rest;
  if (what === 'delete') return {};
  throw failure(`unknown patch type: ${printed(what)} in map: ${printed(patch)}`);
}

/** A fresh copy, without the fields that `$retainKeys` does not list. */
function retained(original: JsonMap, patch: JsonMap): JsonMap {
  const keys = own(patch, retainKeys);
  if (keys === undefined) return { ...original };
  if (!Array.isArray(keys)) throw badRetainKeys();
  const kept = new Set<unknown>(keys);
  for (const key of Object.keys(patch)) {
    const special = key === retainKeys || key.startsWith(deletePrefix) || key.startsWith(orderPrefix);
    if (!special && patch[key] !== null && !kept.has(key)) throw badRetainKeys();
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => kept.has(key)));
}

function mergeValue(schema: SchemaNode | undefined, original: Json, patch: Json): Json {
  const replaces = schema?.patchStrategies.includes('replace') === true;
  if (isMap(original) && isMap(patch)) return replaces ? patch : mergeMap(schema, original, patch);
  if (Array.isArray(original) && Array.isArray(patch))
    return mergesLists(schema) ? mergeList(schema, original as Json[], patch as Json[]) : (patch as Json);
  return withoutDirectives(patch);
}

const mergesLists = (schema: SchemaNode | undefined): boolean => schema?.patchStrategies.includes('merge') === true;

const isDirective = (key: string): boolean =>
  key.startsWith('$') &&
  (key === retainKeys || key.startsWith(`${deletePrefix}/`) || key.startsWith(`${orderPrefix}/`));

/** A new value has nothing to merge with: directives drop what they stand in, nulls vanish. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (Object.hasOwn(value, directive)) return undefined;
  const kept: JsonMap = {};
  for (const key in value) {
    const inner = value[key];
    const below = inner === null || isDirective(key) ? undefined : withoutDirectives(inner);
    if (below !== undefined) set(kept, key, below);
  }
  return kept;
}

function listName(key: string, prefix: string): string {
  const name = key.slice(prefix.length + 1);
  if (key.charAt(prefix.length) === '/' && name !== '') return name;
  throw badRequest(
    prefix === orderPrefix ? 'invalid patch format of setElementOrder list' : 'invalid patch format of primitive list',
  );
}

function asList(value: Json): Json[] {
  if (Array.isArray(value)) return value as Json[];
  throw failure(`expected a []interface {}, but received a ${goTypeOf(value)}`);
}

const goTypeOf = (value: Json): string =>
  typeof value === 'number'
    ? Number.isInteger(value)
      ? 'int64'
      : 'float64'
    : typeof value === 'boolean'
      ? 'bool'
      : isMap(value)
        ? 'map[string]interface {}'
        : typeof value;

function deleteFromList(result: JsonMap, name: string, values: Json): void {
  const list = own(result, name);
  if (list === undefined) return;
  const gone = asList(values);
  set(
    result,
    name,
    asList(list).filter((item) => !gone.includes(item)),
  );
}

function mergeList(schema: SchemaNode | undefined, original: Json[], patch: Json[]): Json[] {
  if (original.length === 0 && patch.length === 0) return original;
  assertOneType([...original, ...patch]);
  const merged = isMap(original[0] ?? patch[0])
    ? mergeKeyedItems(schema, original as JsonMap[], patch as JsonMap[])
    : { items: [...new Set([...original, ...patch])], patch, kept: original };
  return inOrder(merged.items, merged.patch, merged.kept, keyOf(schema));
}

const keyOf = (schema: SchemaNode | undefined): ((item: Json) => Json) => {
  const key = schema?.patchMergeKey;
  return key === undefined ? (item) => item : (item) => (isMap(item) ? own(item, key) : undefined);
};

function assertOneType(items: readonly Json[]): void {
  const typeOf = (item: Json): string => (item === null ? 'null' : Array.isArray(item) ? 'list' : typeof item);
  const types = new Set(items.map(typeOf));
  if (types.has('list')) throw new StatusError(422, 'Invalid', 'lists of lists are not supported');
  if (types.size > 1) throw failure(`list element types are not identical: [${items.map(printed).join(' ')}]`);
}

interface MergedList {
  readonly items: Json[];
  readonly patch: Json[];
  /** The live order that stays for what the patch does not name. */
  readonly kept: Json[];
}

/** What is left after a `$patch: delete`, the only other directive that an item may carry. */
function withoutItem(items: JsonMap[], item: JsonMap, key: string): JsonMap[] {
  const what = own(item, directive);
  if (what === 'merge') throw failure('merging lists cannot yet be specified in the patch');
  if (what !== 'delete') throw failure(`unknown patch type: ${printed(what)} in map: ${printed(item)}`);
  const value = own(item, key);
  if (value === undefined) throw noMergeKey(item, key);
  return items.filter((candidate) => own(candidate, key) !== value);
}

function mergeKeyedItems(schema: SchemaNode | undefined, original: JsonMap[], patch: JsonMap[]): MergedList {
  const key = schema?.patchMergeKey;
  if (key === undefined) throw failure(`cannot merge lists without merge key for ${schema?.typeName ?? ''}`);
  let kept = original;
  let replaces = false;
  const plain: JsonMap[] = [];
  for (const item of patch) {
    const what = own(item, directive);
    if (what === undefined) plain.push(item);
    else if (what === 'replace') replaces = true;
    else kept = withoutItem(kept, item, key);
  }
  if (replaces) return { items: plain, patch: [], kept: plain };
  const items: Json[] = [...kept];
  for (const item of plain) {
    const value = own(item, key);
    if (value === undefined) throw noMergeKey(item, key);
    const at = items.findIndex((candidate) => isMap(candidate) && own(candidate, key) === value);
    if (at < 0) items.push(withoutDirectives(item));
    else items[at] = mergeMap(schema?.items, items[at] as JsonMap, item);
  }
  return { items, patch: plain, kept };
}

/** Applies the lists that come with a `$setElementOrder`; answers what is left of the patch. */
function applyOrderedLists(schema: SchemaNode | undefined, result: JsonMap, patch: JsonMap): JsonMap {
  const directives = Object.keys(patch).filter((key) => key.startsWith(orderPrefix));
  if (directives.length === 0) return patch;
  const rest = { ...patch };
  for (const key of directives) {
    Reflect.deleteProperty(rest, key);
    const order = asList(patch[key]);
    const name = listName(key, orderPrefix);
    const live = own(result, name);
    const change = own(patch, name);
    if (live !== undefined) asList(live);
    const items = change === undefined || change === null ? undefined : asList(change);
    const field = schema?.field(name);
    assertSameOrder(items ?? [], order, field);
    if (live === undefined && items === undefined) continue;
    const merged = asList(
      items === undefined ? live : live === undefined ? withoutDirectives(items) : mergeValue(field, live, items),
    );
    set(result, name, inOrder(merged, order, live === undefined ? [] : asList(live), keyOf(field)));
    Reflect.deleteProperty(rest, name);
  }
  return rest;
}

/** The patch's items must come in the stated order, each of them listed. */
function assertSameOrder(items: readonly Json[], order: readonly Json[], schema: SchemaNode | undefined): void {
  if (order.length === 0) return;
  const key = keyOf(schema);
  const stated = items.filter((item) => !(isMap(item) && Object.hasOwn(item, directive)));
  let next = 0;
  for (const place of order) if (next < stated.length && deepEqual(key(stated[next]), key(place))) next++;
  if (next < stated.length)
    throw failure(
      `The order in patch list:\n${printed([...items])}\n doesn't match ${orderPrefix} list:\n${printed([...order])}\n`,
    );
}
