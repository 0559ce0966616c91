import type { SchemaNode } from '../../schema/schema-node.js';
import { addressOf } from './every-field.js';
import { below, hasChildren, isMember, type FieldSet } from './field-set.js';
import { isMap, mergeForm, type Json, type JsonMap } from './merge-type.js';
import { fieldElement } from './path-element.js';

/** The state without the fields of the set. What it leaves empty is null: still there for who owns it. Pure. */
export function withoutFields(schema: SchemaNode | undefined, value: Json, fields: FieldSet): Json {
  const form = mergeForm(schema, value);
  if (form === 'scalar') return value;
  if (form === 'atomic') return undefined;
  if (form === 'map') return isMap(value) ? mapWithout(schema, value, fields) : undefined;
  if (!Array.isArray(value)) return undefined;
  const left = (value as Json[]).flatMap((item) => {
    const element = addressOf(schema, form, item);
    const inner = element === undefined ? undefined : below(fields, element);
    if (inner === undefined) return [item];
    if (isMember(inner)) return [];
    return [hasChildren(inner) ? withoutFields(schema?.items, item, inner) : item];
  });
  return left.length > 0 ? left : undefined;
}

function mapWithout(schema: SchemaNode | undefined, map: JsonMap, fields: FieldSet): Json {
  const left: JsonMap = {};
  let any = false;
  for (const name in map) {
    const inner = below(fields, fieldElement(name));
    if (isMember(inner)) continue;
    left[name] =
      inner !== undefined && hasChildren(inner)
        ? (withoutFields(schema?.field(name), map[name], inner) ?? null)
        : map[name];
    any = true;
  }
  return any ? left : undefined;
}

/** The state without the nulls that removing left; nulls that `before` had at the same place stay. */
export function withoutNewNulls(value: Json, before: Json): Json {
  if (value === before) return value;
  if (Array.isArray(value)) return (value as Json[]).map((item) => withoutNewNulls(item, undefined));
  if (!isMap(value)) return value;
  const old = isMap(before) ? before : {};
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => inner !== null || old[name] === null)
      .map(([name, inner]) => [name, withoutNewNulls(inner, old[name])]),
  );
}
