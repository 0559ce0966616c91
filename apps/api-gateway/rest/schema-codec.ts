import {
  apiVersionOf,
  applySchemaDefaults,
  badRequest,
  kindNode,
  type AnyResource,
  type KubeObject,
} from '@shiplog/domain';
import { parse as parseYaml } from 'yaml';
import type { Decoded, ObjectCodec } from './object-codec.js';

function read(text: string, contentType: string): unknown {
  try {
    return contentType === 'application/yaml' ? parseYaml(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${contentType}): ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (field === null ? [] : [[key, withoutNulls(field)]])),
  );
}

function asObject(resource: AnyResource, data: unknown): Decoded {
  const object = withoutNulls(data ?? {}) as KubeObject;
  object.kind ||= resource.kind;
  object.apiVersion ||= apiVersionOf(resource);
  object.metadata ??= {};
  if (object.apiVersion !== apiVersionOf(resource))
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersionOf(resource)})`,
    );
  if (object.kind !== resource.kind)
    throw badRequest(`${object.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`);
  const schema = kindNode(resource);
  if (schema) applySchemaDefaults(object, schema);
  resource.defaults?.(object);
  return { object, warnings: [] };
}

/** Built-in kinds, by the schemas of the API facts. */
export const schemaCodec: ObjectCodec = {
  decode: (resource, body, contentType) => asObject(resource, read(body.toString('utf8'), contentType)),
  convert: asObject,
  parse: read,
  schemaOf: kindNode,
};
