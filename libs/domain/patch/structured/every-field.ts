import { deepEqual } from '../../api/deep-equal.js';
import type { SchemaNode } from '../../schema/schema-node.js';
import { emptySet, inOrder, isEmptySet, type FieldSet } from './field-set.js';
import { isBlank, isMap, itemElement, mergeForm, type Json, type JsonMap, type MergeForm } from './merge-type.js';
import { fieldElement, type PathElement } from './path-element.js';

/** What there is to know of a declared field before its value is seen. */
interface OwnedField {
  readonly name: string;
  readonly element: PathElement;
  readonly schema: SchemaNode | undefined;
  /** Place among the fields of its struct by name, as field sets are stored. */
  readonly place: number;
  /** What the field holds with its struct though nobody gives it. */
  readonly empty: Json;
}

interface OwnedStruct {
  readonly byName: ReadonlyMap<string, OwnedField>;
  /** The inner structs and the like that exist with the value that holds them, given or not: few of a type's fields. */
  readonly always: readonly OwnedField[];
}

const structs = new WeakMap<SchemaNode, OwnedStruct>();

function structOf(schema: SchemaNode): OwnedStruct {
  let struct = structs.get(schema);
  if (!struct) {
    const fields = [...schema.fieldNames].sort().flatMap((name, place): OwnedField[] => {
      const field = schema.field(name);
      return field ? [{ name, element: fieldElement(name), schema: field, place, empty: field.emptyValue }] : [];
    });
    struct = {
      byName: new Map(fields.map((field) => [field.name, field])),
      always: fields.filter(({ empty }) => empty !== undefined),
    };
    structs.set(schema, struct);
  }
  return struct;
}

const none: readonly OwnedField[] = [];

export const alwaysPresent = (schema: SchemaNode | undefined): readonly Pick<OwnedField, 'name'>[] =>
  schema?.shape === 'object' ? structOf(schema).always : none;

type Fields = Record<PathElement, FieldSet>;

/** The node of a value that was not there before: itself and all below it, in the order in which it is stored. */
export function everyField(schema: SchemaNode | undefined, value: Json): FieldSet {
  const form = mergeForm(schema, value);
  if (form === 'scalar' || form === 'atomic' || isBlank(value)) return emptySet;
  const all: Fields = { '.': emptySet };
  if (!isMap(value)) return addItems(all, schema, form, value);
  if (schema?.shape !== 'object') return addEntries(all, schema, value);
  const { byName, always } = structOf(schema);
  const fields = fieldsOf(value, byName);
  for (const field of always) if (!Object.hasOwn(value, field.name)) insert(fields, field);
  for (const field of fields) {
    const present = value[field.name] ?? field.empty;
    if (present !== undefined) all[field.element] = everyField(field.schema, present);
  }
  return all;
}

/**
 * What a value says beyond what its place holds anyway (`empty`, as SchemaNode's emptyValue): the fields that its creator comes to own. The same
 * as comparing the two, for much less: it is most of what a create does about ownership. Undefined if it says nothing.
 */
export function fieldsBeyond(schema: SchemaNode | undefined, empty: Json, value: Json): FieldSet | undefined {
  const form = mergeForm(schema, value ?? empty);
  if (form === 'scalar' || form === 'atomic' || (isBlank(empty) && isBlank(value)))
    return deepEqual(empty, value) ? undefined : emptySet;
  const beyond: Fields = {};
  if (!isMap(value)) addItems(beyond, schema, form, value);
  else if (schema?.shape !== 'object') {
    for (const name in value)
      if (value[name] !== undefined) beyond[fieldElement(name)] = everyField(schema?.field(name), value[name]);
  } else
    for (const field of fieldsOf(value, structOf(schema).byName)) {
      const present = value[field.name];
      if (present === undefined) continue;
      const { schema: below, empty: held } = field;
      const said = held === undefined ? everyField(below, present) : fieldsBeyond(below, held, present);
      if (said !== undefined) beyond[field.element] = said;
    }
  return isEmptySet(beyond) ? undefined : beyond;
}

/** The fields that a struct was given, by name. What the schema does not know comes last. */
function fieldsOf(value: JsonMap, known: OwnedStruct['byName']): OwnedField[] {
  const fields: OwnedField[] = [];
  for (const name in value)
    insert(
      fields,
      known.get(name) ?? { name, element: fieldElement(name), schema: undefined, place: Infinity, empty: undefined },
    );
  return fields;
}

/** They are few, and mostly in order: to sort them costs more. */
function insert(fields: OwnedField[], field: OwnedField): void {
  let at = fields.length;
  fields.push(field);
  for (let before = fields[at - 1]; before !== undefined && before.place > field.place; before = fields[at - 1])
    fields[at--] = before;
  fields[at] = field;
}

function addEntries(into: Fields, schema: SchemaNode | undefined, map: JsonMap): FieldSet {
  for (const name in map) {
    const value = map[name] ?? undefined;
    if (value !== undefined) into[fieldElement(name)] = everyField(schema?.field(name), value);
  }
  return inOrder(into);
}

function addItems(into: Fields, schema: SchemaNode | undefined, form: MergeForm, list: Json): FieldSet {
  for (const item of Array.isArray(list) ? (list as Json[]) : []) {
    const element = addressOf(schema, form, item);
    // Of items that share an address nothing below can be told apart.
    if (element !== undefined)
      into[element] = Object.hasOwn(into, element) ? emptySet : everyField(schema?.items, item);
  }
  return inOrder(into);
}

export function addressOf(schema: SchemaNode | undefined, form: MergeForm, item: Json): PathElement | undefined {
  try {
    return itemElement(schema, form, item);
  } catch {
    return undefined;
  }
}
