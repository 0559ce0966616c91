import { typeFacts } from '../api-facts.js';
import { parseTypeRef, type TypeRef } from '../type-ref.js';
import type { JsonTree } from './json-tree.js';

/** More than these help nobody. */
const maxErrors = 100;

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

const schemaOfOr = parseTypeRef('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');

function collect(tree: JsonTree, ref: TypeRef, path: string, found: Set<string>): void {
  if (found.size >= maxErrors || tree.form === 'scalar' || ref.form === 'scalar' || ref.form === 'free') return;
  if (tree.form === 'array') {
    const element = ref.form === 'list' ? ref.of : ref.form === 'schemaOr' ? schemaOfOr : undefined;
    if (element) for (const [i, item] of tree.items.entries()) collect(item, element, `${path}[${i}]`, found);
    return;
  }
  if (ref.form === 'list') return;
  const object = ref.form === 'schemaOr' ? schemaOfOr : ref;
  const fields = object.form === 'struct' ? typeFacts(object.name).fields : undefined;
  const seen = new Set<string>();
  for (const [key, value] of tree.entries) {
    const at = join(path, key);
    const field = fields?.get(key);
    if (fields && !field) {
      found.add(`unknown field "${at}"`);
      continue;
    }
    if (seen.has(key)) found.add(`duplicate field "${at}"`);
    seen.add(key);
    const below = field?.type ?? (object.form === 'map' ? object.of : undefined);
    if (below) collect(value, below, at, found);
  }
}

/** Unknown and duplicate fields with their paths, in the order of the text, each once. */
export function strictErrors(tree: JsonTree, typeName: string): string[] {
  const found = new Set<string>();
  collect(tree, parseTypeRef(typeName), '', found);
  return [...found].slice(0, maxErrors);
}
