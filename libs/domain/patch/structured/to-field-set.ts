import type { SchemaNode } from '../../schema/schema-node.js';
import { addressOf } from './every-field.js';
import { below, emptySet, FieldSetBuilder, isMember, type FieldSet } from './field-set.js';
import { isEmptyMap, isMap, mergeForm, type Json } from './merge-type.js';
import { fieldElement, type PathElement } from './path-element.js';

/** Every field that this state states, as an applier comes to own them. Pure. */
export function fieldsOf(schema: SchemaNode | undefined, value: Json): FieldSet {
  const set = new FieldSetBuilder();
  collect(schema, value, set);
  return set.build() ?? emptySet;
}

function collect(schema: SchemaNode | undefined, value: Json, set: FieldSetBuilder): void {
  const form = mergeForm(schema, value);
  if (form === 'scalar' || form === 'atomic') return set.addSelf();
  if (form === 'map') return isMap(value) ? collectMap(schema, value, set) : undefined;
  const counts = new Map<PathElement, number>();
  const items = Array.isArray(value)
    ? (value as Json[]).map((item) => [addressOf(schema, form, item), item] as const)
    : [];
  for (const [element] of items) if (element !== undefined) counts.set(element, (counts.get(element) ?? 0) + 1);
  for (const [element, item] of items) {
    if (element === undefined) continue;
    const inner = new FieldSetBuilder();
    if (counts.get(element) === 1) collect(schema?.items, item, inner);
    inner.addSelf();
    set.add(element, inner.build());
  }
}

function collectMap(schema: SchemaNode | undefined, map: Readonly<Record<string, Json>>, set: FieldSetBuilder): void {
  for (const name in map) {
    const value = map[name];
    if (value === undefined) continue;
    const inner = new FieldSetBuilder();
    collect(schema?.field(name), value, inner);
    const named = isDeclared(schema, name);
    if (!named || value === null || (isMap(value) && isEmptyMap(value))) inner.addSelf();
    set.add(fieldElement(name), inner.build());
  }
}

/** The set with the declared fields that lie on its paths made members too: `spec` of `spec.replicas`, but no map keys or list items. */
export function withNamedFields(schema: SchemaNode | undefined, set: FieldSet): FieldSet {
  const out = new FieldSetBuilder();
  for (const element in set) {
    if (element === '.') continue;
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    const child = below(set, element) ?? emptySet;
    const childSchema = name === undefined ? schema?.items : schema?.field(name);
    const deeper = withNamedFields(childSchema, child);
    const declared = name !== undefined && isDeclared(schema, name);
    const inner = new FieldSetBuilder();
    for (const step in deeper) inner.add(step, deeper[step]);
    if (declared || isMember(child)) inner.addSelf();
    out.add(element, inner.build());
  }
  return out.build() ?? emptySet;
}

const isDeclared = (schema: SchemaNode | undefined, name: string): boolean =>
  schema?.shape === 'object' && schema.field(name) !== undefined;
