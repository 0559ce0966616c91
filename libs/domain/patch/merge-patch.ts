import { badRequest } from '../api/status-error.js';
import { isMap, type Json, type JsonMap } from './structured/merge-type.js';

/** Applies a JSON merge patch (RFC 7386): null deletes, maps merge, all else replaces. Shares what it leaves alone. Pure. @throws StatusError BadRequest if the patch is no object. */
export function applyMergePatch(document: Json, patch: Json): Json {
  if (!isMap(patch))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${jsonForm(patch)} into Go value of type map[string]interface {}`,
    );
  return merged(document, patch);
}

const jsonForm = (value: Json): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

function merged(document: Json, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const result: JsonMap = isMap(document) ? { ...document } : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (value === null) Reflect.deleteProperty(result, name);
    else if (value !== undefined)
      set(result, name, merged(Object.hasOwn(result, name) ? result[name] : undefined, value));
  }
  return result;
}

/** Keys are data, whatever their name. */
function set(map: JsonMap, name: string, value: Json): void {
  if (name !== '__proto__') map[name] = value;
  else Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
}
