import {
  applySchemaDefaults,
  convertObject,
  decodeObject,
  kindNode,
  parseData,
  type AnyResource,
  type DecodedObject,
} from '@shiplog/domain';
import type { ObjectCodec } from './object-codec.js';

/** The schema's constants first, then what the kind's own defaults make of them. */
function defaulted(resource: AnyResource, decoded: DecodedObject): DecodedObject {
  const schema = kindNode(resource);
  if (schema) applySchemaDefaults(decoded.object, schema);
  resource.defaults?.(decoded.object);
  return decoded;
}

/** Built-in kinds, by the facts of the API. */
export const schemaCodec: ObjectCodec = {
  decode: (resource, body, contentType, validation) =>
    defaulted(resource, decodeObject(body, contentType, resource, validation)),
  convert: (resource, data, validation) => defaulted(resource, convertObject(data, resource, validation)),
  parse: parseData,
  schemaOf: kindNode,
};
