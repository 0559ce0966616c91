import { stringify } from 'yaml';

/** Writes protobuf: a message is the concatenation of its fields. */
type Bytes = Buffer;
type Fields = Readonly<Record<string, unknown>>;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

const chunk = (number: number, content: Bytes): Bytes =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(content.length)]), content]);
const text = (number: number, value: unknown): Bytes[] =>
  typeof value === 'string' && value !== '' ? [chunk(number, Buffer.from(value))] : [];
const texts = (number: number, values: unknown): Bytes[] =>
  Array.isArray(values) ? values.flatMap((value) => [chunk(number, Buffer.from(String(value)))]) : [];
const flag = (number: number, value: unknown): Bytes[] =>
  value === true ? [Buffer.from([...varint(number * 8), 1])] : [];
const message = (...parts: Bytes[][]): Bytes => Buffer.concat(parts.flat());
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any { yaml }: values that the message has no type for. */
const any = (value: unknown): Bytes => message(text(2, stringify(value)));
const extensions = (number: number, object: Fields): Bytes[] =>
  Object.entries(object)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => chunk(number, message(text(1, name), [chunk(2, any(value))])));

const namedSchemas = (schemas: unknown): Bytes[] =>
  isFields(schemas)
    ? Object.entries(schemas).map(([name, schema]) =>
        chunk(1, message(text(1, name), [chunk(2, schemaMessage(schema))])),
      )
    : [];

function schemaMessage(value: unknown): Bytes {
  if (!isFields(value)) return Buffer.alloc(0);
  const { additionalProperties, items, properties, type, enum: values } = value;
  return message(
    text(1, value['$ref']),
    text(2, value['format']),
    text(4, value['description']),
    'default' in value ? [chunk(5, any(value['default']))] : [],
    texts(19, value['required']),
    Array.isArray(values) ? values.map((one) => chunk(20, any(one))) : [],
    additionalProperties === undefined ? [] : [chunk(21, message([chunk(1, schemaMessage(additionalProperties))]))],
    type === undefined ? [] : [chunk(22, message(text(1, type)))],
    items === undefined ? [] : [chunk(23, message([chunk(1, schemaMessage(items))]))],
    properties === undefined ? [] : [chunk(25, message(namedSchemas(properties)))],
    extensions(31, value),
  );
}

function parameterItem(value: unknown): Bytes {
  if (!isFields(value)) return Buffer.alloc(0);
  const { description, name, in: place, required, type } = value;
  const body = () =>
    chunk(
      1,
      message(text(1, description), text(2, name), text(3, place), flag(4, required), [
        chunk(5, schemaMessage(value['schema'])),
      ]),
    );
  const head = message(flag(1, required), text(2, place), text(3, description), text(4, name));
  const nonBody = () =>
    chunk(
      2,
      place === 'path'
        ? chunk(4, message([head], text(5, type), flag(19, value['uniqueItems'])))
        : chunk(3, message([head], text(6, type), flag(20, value['uniqueItems']))),
    );
  return chunk(1, place === 'body' ? body() : nonBody());
}

const responses = (value: unknown): Bytes =>
  isFields(value)
    ? message(
        Object.entries(value).map(([code, response]) => {
          const { description, schema } = isFields(response) ? response : {};
          const answer = message(
            text(1, description),
            schema === undefined ? [] : [chunk(2, message([chunk(1, schemaMessage(schema))]))],
          );
          return chunk(1, message(text(1, code), [chunk(2, message([chunk(1, answer)]))]));
        }),
      )
    : Buffer.alloc(0);

const operation = (value: Fields): Bytes =>
  message(
    texts(1, value['tags']),
    text(3, value['description']),
    text(5, value['operationId']),
    texts(6, value['produces']),
    texts(7, value['consumes']),
    Array.isArray(value['parameters']) ? value['parameters'].map((one) => chunk(8, parameterItem(one))) : [],
    [chunk(9, responses(value['responses']))],
    texts(10, value['schemes']),
    extensions(13, value),
  );

const methods: Record<string, number> = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 };

const pathItem = (value: unknown): Bytes =>
  isFields(value)
    ? message(
        Object.entries(methods)
          .flatMap(([method, number]) => {
            const stated = value[method];
            return isFields(stated) ? [[chunk(number, operation(stated))]] : [];
          })
          .flat(),
        Array.isArray(value['parameters']) ? value['parameters'].map((one) => chunk(9, parameterItem(one))) : [],
      )
    : Buffer.alloc(0);

const namedPaths = (paths: unknown): Bytes[] =>
  isFields(paths)
    ? Object.entries(paths).map(([name, item]) => chunk(2, message(text(1, name), [chunk(2, pathItem(item))])))
    : [];

/** An OpenAPI 2 document as gnostic's protobuf (openapi.v2.Document): what kubectl and Helm ask for. Pure. */
export function gnosticDocument(document: Fields): Bytes {
  const { swagger, info, paths, definitions } = document;
  const { title, version } = isFields(info) ? info : {};
  return message(
    text(1, swagger),
    [chunk(2, message(text(1, title), text(2, version)))],
    [chunk(8, message(namedPaths(paths)))],
    [chunk(9, message(namedSchemas(definitions)))],
  );
}
