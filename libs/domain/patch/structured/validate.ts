import type { ScalarKind, SchemaNode } from '../../schema/schema-node.js';
import { isMap, itemElement, mergeForm, type Json, type JsonMap } from './merge-type.js';
import { printElement, type PathElement } from './path-element.js';

/** What is wrong with the form of an applied configuration, each as `path: message`. Empty without a schema. Pure. */
export function typeProblems(schema: SchemaNode | undefined, value: Json, path = ''): string[] {
  if (schema === undefined || value === null || value === undefined) return [];
  switch (schema.shape) {
    case 'any':
      return [];
    case 'scalar':
      return scalarProblem(schema.scalar, value).map((text) => located(path, text));
    case 'list':
      return Array.isArray(value)
        ? listProblems(schema, value as Json[], path)
        : [located(path, `expected list, got ${goSyntax(value)}`)];
    default:
      return isMap(value) ? mapProblems(schema, value, path) : [located(path, `expected map, got ${goSyntax(value)}`)];
  }
}

const located = (path: string, text: string): string => (path === '' ? text : `${path}: ${text}`);

/** Values as Go prints them in these messages: `&{value}`. */
const goSyntax = (value: Json): string => `&{${typeof value === 'object' ? goPlain(value) : String(value)}}`;

function goPlain(value: Json): string {
  if (Array.isArray(value)) return `[${(value as Json[]).map(goPlain).join(' ')}]`;
  if (isMap(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goPlain(value[key])}`)
      .join(' ')}]`;
  return value === null ? '<nil>' : String(value);
}

/** As Go source: what a string field's message quotes. */
function goLiteral(value: Json): string {
  if (Array.isArray(value)) return `[]interface {}{${(value as Json[]).map(goLiteral).join(', ')}}`;
  if (!isMap(value)) return value === null ? 'interface {}(nil)' : JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goLiteral(value[key])}`);
  return `map[string]interface {}{${entries.join(', ')}}`;
}

const goTypeOf = (value: Json): string =>
  typeof value === 'string'
    ? 'string'
    : typeof value === 'boolean'
      ? 'bool'
      : Array.isArray(value)
        ? '[]interface {}'
        : 'map[string]interface {}';

function scalarProblem(kind: ScalarKind | undefined, value: Json): string[] {
  const type = typeof value;
  switch (kind) {
    case 'integer':
    case 'number':
      return type === 'number' || type === 'bigint' ? [] : [`expected numeric (int or float), got ${goTypeOf(value)}`];
    case 'boolean':
      return type === 'boolean' ? [] : [`expected boolean, got ${goSyntax(value)}`];
    case 'intOrString':
    case 'quantity':
    case 'time':
    case 'microTime':
    case 'duration':
      return type === 'object' ? [`expected any scalar, got ${goSyntax(value)}`] : [];
    default:
      return type === 'string' ? [] : [`expected string, got &value.valueUnstructured{Value:${goLiteral(value)}}`];
  }
}

function mapProblems(schema: SchemaNode, map: JsonMap, path: string): string[] {
  const problems: string[] = [];
  for (const name in map) {
    const child = schema.field(name);
    const here = `${path}.${name}`;
    if (child === undefined && schema.shape === 'object' && !schema.preservesUnknownFields) {
      problems.push(located(here, 'field not declared in schema'));
      break;
    }
    problems.push(...typeProblems(child, map[name], here));
  }
  return problems;
}

function listProblems(schema: SchemaNode, list: readonly Json[], path: string): string[] {
  const form = mergeForm(schema, list);
  const seen = new Set<PathElement>();
  const problems: string[] = [];
  for (const [i, item] of list.entries()) {
    let element = `i:${i}`;
    if (form !== 'atomic') {
      try {
        element = itemElement(schema, form, item);
      } catch (error) {
        return [...problems, located(path, `element ${i}: ${error instanceof Error ? error.message : String(error)}`)];
      }
      if (seen.has(element)) problems.push(located(path, `duplicate entries for key ${printElement(element)}`));
      seen.add(element);
    }
    problems.push(...typeProblems(schema.items, item, `${path}${printElement(element)}`));
  }
  return problems;
}

/** All problems as one text, as clients know it. */
export const problemText = (problems: readonly string[]): string =>
  problems.length === 1 ? (problems[0] ?? '') : ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n');
