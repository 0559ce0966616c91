import { copyJson } from '../api/copy-json.js';
import { deepEqual } from '../api/deep-equal.js';
import { badRequest, StatusError } from '../api/status-error.js';
import { isMap, type Json } from './structured/merge-type.js';

/** One operation of RFC 6902. */
export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

const maxOperations = 10_000;

/** Clients know the message and get no details; what exactly failed is the error's cause, for logs. */
const unprocessable = (why: string): StatusError =>
  Object.assign(new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {}), {
    cause: new Error(why),
  });

/** A patch as a list of operations. @throws StatusError BadRequest; RequestEntityTooLarge above 10,000 operations. */
export function jsonPatchOperations(patch: Json): readonly JsonPatchOperation[] {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  if (patch.length > maxOperations)
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`,
    );
  return patch as JsonPatchOperation[];
}

/**
 * Applies a JSON patch. Copies what it changes; the document stays as it is. As lenient as the reference: `replace` sets a missing key,
 * what stands before the first slash of a path is ignored, and negative indices count from the end.
 * @throws StatusError Invalid (422) with the reason.
 */
export function applyJsonPatch(document: Json, patch: Json): Json {
  const operations = jsonPatchOperations(patch);
  return operations.reduce(applyOperation, copyJson(document));
}

type Container = Json[] | Record<string, Json>;

interface Place {
  readonly container: Container;
  readonly key: string;
}

const decoded = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

function find(document: Json, path: string): Place | undefined {
  const [, ...tokens] = path.split('/');
  const key = tokens.pop();
  if (key === undefined) return undefined;
  let at = document;
  for (const token of tokens) {
    const name = decoded(token);
    at = Array.isArray(at)
      ? (at as Json[])[arrayIndex(name, at.length) ?? at.length]
      : isMap(at) && Object.hasOwn(at, name)
        ? at[name]
        : undefined;
    if (at === undefined || at === null) return undefined;
  }
  return Array.isArray(at) || isMap(at) ? { container: at, key: decoded(key) } : undefined;
}

/** Negative indices count from the end; undefined if it is no number. */
function arrayIndex(key: string, length: number): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(key)) return undefined;
  const index = Number(key);
  return index < 0 ? index + length : index;
}

const invalidIndex = (key: string): string =>
  `Unable to access invalid index: ${Number(key)}: invalid index referenced`;
const notANumber = (key: string): string => `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;

/** The index of an existing item, or what is wrong with it. */
function itemIndex(list: readonly Json[], key: string): number | string {
  const index = arrayIndex(key, list.length);
  if (index === undefined) return notANumber(key);
  return index < 0 || index >= list.length ? invalidIndex(key) : index;
}

function read({ container, key }: Place): { value: Json } | string {
  if (!Array.isArray(container)) return { value: Object.hasOwn(container, key) ? container[key] : undefined };
  const index = itemIndex(container, key);
  return typeof index === 'string' ? index : { value: container[index] };
}

/** Undefined when done, else what is wrong. */
function insert({ container, key }: Place, value: Json): string | undefined {
  if (!Array.isArray(container)) return setKey(container, key, value);
  if (key === '-') {
    container.push(value);
    return undefined;
  }
  const index = arrayIndex(key, container.length + 1);
  if (index === undefined) return `value was not a proper array index: '${key}': ${notANumber(key)}`;
  if (index < 0 || index > container.length) return invalidIndex(key);
  container.splice(index, 0, value);
  return undefined;
}

/** Defines the key as data, whatever its name. */
function setKey(map: Record<string, Json>, key: string, value: Json): undefined {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove({ container, key }: Place): string | undefined {
  if (!Array.isArray(container)) {
    if (!Object.hasOwn(container, key)) return `Unable to remove nonexistent key: ${key}: missing value`;
    Reflect.deleteProperty(container, key);
    return undefined;
  }
  const index = itemIndex(container, key);
  if (typeof index === 'string') return index;
  container.splice(index, 1);
  return undefined;
}

const failIf = (problem: string | undefined, prefix: string): void => {
  if (problem !== undefined) throw unprocessable(`${prefix}: ${problem}`);
};

function placeAt(document: Json, op: string, path: string, what: string): Place {
  const place = find(document, path);
  if (place === undefined)
    throw unprocessable(
      `${op} operation does not apply: ${what}: ${op === 'add' || op === 'remove' ? JSON.stringify(path) : path}: missing value`,
    );
  return place;
}

function applyOperation(document: Json, operation: JsonPatchOperation): Json {
  const { op, path, from, value = null } = operation;
  if (typeof path !== 'string' && op in operations)
    throw unprocessable(`${op} operation failed to decode path: missing value`);
  const apply = operations[op];
  if (apply === undefined) throw unprocessable(`Unexpected kind: ${op ?? 'unknown'}`);
  return apply(document, path, value, from);
}

type Apply = (document: Json, path: string, value: Json, from: string | undefined) => Json;

const operations: Record<string, Apply> = {
  add: (document, path, value) => {
    failIf(
      insert(placeAt(document, 'add', path, 'doc is missing path'), copyJson(value)),
      `error in add for path: '${path}'`,
    );
    return document;
  },
  remove: (document, path) => {
    failIf(remove(placeAt(document, 'remove', path, 'doc is missing path')), `error in remove for path: '${path}'`);
    return document;
  },
  replace: (document, path, value) => {
    if (path === '') return copyJson(value);
    const place = placeAt(document, 'replace', path, 'doc is missing path');
    if (!Array.isArray(place.container)) {
      setKey(place.container, place.key, copyJson(value));
      return document;
    }
    const index = itemIndex(place.container, place.key);
    if (typeof index === 'string')
      throw unprocessable(`replace operation does not apply: doc is missing key: ${path}: missing value`);
    place.container[index] = copyJson(value);
    return document;
  },
  move: (document, path, _value, from) => {
    const { place, value } = source(document, 'move', from);
    failIf(remove(place), `error in move for path: '${place.key}'`);
    failIf(
      insert(placeAt(document, 'move', path, 'doc is missing destination path'), value),
      `error in move for path: '${path}'`,
    );
    return document;
  },
  copy: (document, path, _value, from) => {
    const { value } = source(document, 'copy', from);
    failIf(
      insert(placeAt(document, 'copy', path, 'doc is missing destination path'), copyJson(value)),
      'error while adding value during copy',
    );
    return document;
  },
  test: (document, path, value) => {
    const found = path === '' ? { value: document } : read(placeAt(document, 'test', path, 'is missing path'));
    if (typeof found === 'string') throw unprocessable(`error in test for path: '${path}': ${found}`);
    if (!deepEqual(found.value ?? null, value)) throw unprocessable(`testing value ${path} failed: test failed`);
    return document;
  },
};

function source(document: Json, op: string, from: string | undefined): { place: Place; value: Json } {
  if (typeof from !== 'string') throw unprocessable(`${op} operation failed to decode from: missing value`);
  const place = placeAt(document, op, from, 'doc is missing from path');
  const found = read(place);
  if (typeof found === 'string')
    throw unprocessable(
      `error in ${op} for ${op === 'copy' ? 'from' : 'path'}: '${op === 'copy' ? from : place.key}': ${found}`,
    );
  return { place, value: found.value ?? null };
}
