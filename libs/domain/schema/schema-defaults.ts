import { copyJson } from '../api/copy-json.js';
import type { SchemaNode } from './schema-node.js';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether anything below a node has a default; recursive types count once. */
const withDefaults = new WeakMap<SchemaNode, boolean>();

const noTypes: ReadonlySet<string> = new Set();

function hasDefaults(node: SchemaNode, path = noTypes): boolean {
  const known = withDefaults.get(node);
  if (known !== undefined) return known;
  if (node.typeName !== undefined && path.has(node.typeName)) return false;
  const below = node.typeName === undefined ? path : new Set([...path, node.typeName]);
  const children = node.items ? [node.items] : node.fieldNames.flatMap((name) => node.field(name) ?? []);
  const found = children.some((child) => child.defaultValue !== undefined || hasDefaults(child, below));
  if (found || path.size === 0) withDefaults.set(node, found);
  return found;
}

type Defaulted = readonly { readonly name: string; readonly field: SchemaNode }[];
const defaultedFields = new WeakMap<SchemaNode, Defaulted>();

/** The fields of an object that have a default or hold one: few of many. */
function defaultedOf(node: SchemaNode): Defaulted {
  let found = defaultedFields.get(node);
  if (!found) {
    found = node.fieldNames.flatMap((name) => {
      const field = node.field(name);
      return field && (field.defaultValue !== undefined || hasDefaults(field)) ? [{ name, field }] : [];
    });
    defaultedFields.set(node, found);
  }
  return found;
}

/**
 * Gives absent fields the constants that the schema states, at every depth of what is present. Changes `value`; idempotent.
 * A default inside an absent object does not make the object appear.
 */
export function applySchemaDefaults(value: unknown, node: SchemaNode): void {
  if (!hasDefaults(node)) return;
  if (Array.isArray(value)) {
    if (node.items) for (const element of value) applySchemaDefaults(element, node.items);
    return;
  }
  if (!isFields(value)) return;
  if (node.shape === 'map') {
    if (node.items) for (const entry of Object.values(value)) applySchemaDefaults(entry, node.items);
    return;
  }
  for (const { name, field } of defaultedOf(node)) {
    if (isAbsent(value[name], field)) setDefault(value, name, field);
    else applySchemaDefaults(value[name], field);
  }
}

/** Go knows no difference between an absent text and an empty one, unless it is a pointer. */
const isAbsent = (present: unknown, { defaultValue, keepsEmpty }: SchemaNode): boolean =>
  present === undefined ||
  present === null ||
  (present === '' && typeof defaultValue === 'string' && keepsEmpty !== true);

function setDefault(value: Fields, name: string, { defaultValue, keepsEmpty }: SchemaNode): void {
  if (defaultValue === undefined || (defaultValue === '' && keepsEmpty !== true)) return;
  value[name] = copyJson(defaultValue);
}
