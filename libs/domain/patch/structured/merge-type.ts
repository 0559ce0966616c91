import type { SchemaNode } from '../../schema/schema-node.js';
import { keyElement, valueElement, type PathElement } from './path-element.js';

export type Json = unknown;
export type JsonMap = Record<string, unknown>;

/** What a value is to structured merging, given its place in the schema (undefined: no schema, the value's own form decides). */
export type MergeForm = 'scalar' | 'atomic' | 'map' | 'set' | 'keyedList';

export const isMap = (value: Json): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const formless = (value: Json): MergeForm => (isMap(value) ? 'map' : Array.isArray(value) ? 'atomic' : 'scalar');

/** The form of the place; unstructured JSON in a schema is one value, and without a schema maps are granular and lists atomic. */
export function mergeForm(schema: SchemaNode | undefined, value: Json): MergeForm {
  if (schema === undefined) return formless(value);
  switch (schema.shape) {
    case 'scalar':
      return 'scalar';
    case 'any':
      return 'atomic';
    case 'list':
      return schema.listType === 'map' ? 'keyedList' : schema.listType === 'set' ? 'set' : 'atomic';
    default:
      return schema.mapType === 'atomic' ? 'atomic' : 'map';
  }
}

/** Whether the value is there but says nothing: the empty and the absent are told apart only as wholes. */
export const isBlank = (value: Json): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : isMap(value) && isEmptyMap(value));

export const isEmptyMap = (map: JsonMap): boolean => {
  for (const _ in map) return false;
  return true;
};

/**
 * What a declared field holds while its parent is there but it is absent itself: API types keep their inner structs always, so `spec`, `status`
 * or a pod template are there, empty, before anybody sets something in them.
 */
export const absentValue = (parent: SchemaNode | undefined, child: SchemaNode | undefined): Json =>
  parent?.shape === 'object' ? child?.emptyValue : undefined;

/** Why an item cannot be told from its siblings. */
export class UnidentifiableItem extends Error {}

/** How an item of a set or keyed list is addressed. @throws UnidentifiableItem */
export function itemElement(schema: SchemaNode | undefined, form: MergeForm, item: Json): PathElement {
  if (form === 'set') return setElement(item);
  if (item === null) throw new UnidentifiableItem('associative list with keys may not have a null element');
  if (!isMap(item)) throw new UnidentifiableItem('associative list with keys may not have non-map elements');
  const keys = schema?.listMapKeys ?? [];
  const given: [string, unknown][] = [];
  for (const key of keys) {
    const value = item[key] ?? keyDefault(schema, key);
    if (value !== undefined && value !== null) given.push([key, value]);
  }
  if (given.length === 0)
    throw new UnidentifiableItem(
      `associative list with keys has an element that omits all key fields [${keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`,
    );
  return keyElement(given);
}

/** A required key that is missing counts as empty: validation, not merging, is to say so. */
function keyDefault(schema: SchemaNode | undefined, key: string): Json {
  const field = schema?.items?.field(key);
  return field?.defaultValue ?? field?.emptyValue;
}

function setElement(item: Json): PathElement {
  if (isMap(item)) throw new UnidentifiableItem("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new UnidentifiableItem('not supported: associative list with lists as elements');
  if (item === null)
    throw new UnidentifiableItem("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}
