import { typeFacts, type FieldFacts } from '../api-facts.js';
import { parseTypeRef, type GoScalar, type SchemaOr, type TypeRef } from '../type-ref.js';
import { maxDepth } from './json-tree.js';
import { ProtobufError, ProtobufReader } from './protobuf-reader.js';

type Fields = Record<string, unknown>;

const magic = [0x6b, 0x38, 0x73, 0x00];
const text = new TextDecoder('utf-8', { fatal: true });
const schemaProps = parseTypeRef('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');

/** runtime.Unknown: what every protobuf body of the API is wrapped in. */
export interface ProtobufEnvelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
  readonly contentType: string;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch {
    throw new ProtobufError('proto: invalid UTF-8 string');
  }
}

/** The fields of a flat message: number → its last value as bytes or integer. */
function flat(bytes: Uint8Array): Map<number, Uint8Array | bigint> {
  const reader = new ProtobufReader(bytes);
  const found = new Map<number, Uint8Array | bigint>();
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (wire === 2) found.set(number, reader.chunk());
    else if (wire === 0) found.set(number, reader.varint());
    else reader.skip(wire);
  }
  return found;
}

const textOf = (value: Uint8Array | bigint | undefined): string =>
  value instanceof Uint8Array ? decodeText(value) : '';
const integerOf = (value: Uint8Array | bigint | undefined): bigint =>
  typeof value === 'bigint' ? BigInt.asIntN(64, value) : 0n;

/** @throws ProtobufError if the bytes are not `k8s\0` and an envelope. */
export function openEnvelope(bytes: Uint8Array): ProtobufEnvelope {
  if (!magic.every((byte, i) => bytes[i] === byte))
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const envelope = flat(bytes.subarray(magic.length));
  const meta = envelope.get(1);
  const kind = meta instanceof Uint8Array ? flat(meta) : new Map<number, Uint8Array | bigint>();
  const raw = envelope.get(2);
  return {
    apiVersion: textOf(kind.get(1)),
    kind: textOf(kind.get(2)),
    raw: raw instanceof Uint8Array ? raw : new Uint8Array(),
    contentType: textOf(envelope.get(4)),
  };
}

const exactInteger = (value: bigint): unknown =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** A time message as RFC 3339; the zero time is null. */
function timeOf(bytes: Uint8Array, precision: 'time' | 'microTime'): string | null {
  const message = flat(bytes);
  const seconds = integerOf(message.get(1));
  const nanos = integerOf(message.get(2));
  if (seconds === 0n && nanos === 0n) return null;
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) throw new ProtobufError('time out of range');
  const micros = String(nanos / 1000n).padStart(6, '0');
  return `${at.toISOString().slice(0, 19)}${precision === 'time' ? '' : `.${micros}`}Z`;
}

function intOrStringOf(bytes: Uint8Array): string | number {
  const message = flat(bytes);
  return integerOf(message.get(1)) === 1n ? textOf(message.get(3)) : Number(integerOf(message.get(2)));
}

function jsonOf(bytes: Uint8Array | bigint | undefined): unknown {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return null;
  try {
    return JSON.parse(decodeText(bytes)) as unknown;
  } catch (error) {
    throw new ProtobufError(error instanceof Error ? error.message : String(error));
  }
}

const messages: Partial<Record<GoScalar, (bytes: Uint8Array) => unknown>> = {
  string: decodeText,
  bytes: (bytes) => Buffer.from(bytes).toString('base64'),
  time: (bytes) => timeOf(bytes, 'time'),
  microTime: (bytes) => timeOf(bytes, 'microTime'),
  quantity: (bytes) => textOf(flat(bytes).get(1)) || '0',
  intOrString: intOrStringOf,
  duration: (bytes) => `${integerOf(flat(bytes).get(1))}ns`,
};
const varints: Partial<Record<GoScalar, (value: bigint) => unknown>> = {
  bool: (value) => value !== 0n,
  int32: (value) => Number(BigInt.asIntN(32, value)),
  int64: (value) => exactInteger(BigInt.asIntN(64, value)),
};

function scalarOf(reader: ProtobufReader, scalar: GoScalar, wire: number): unknown {
  if (wire === 2) {
    const read = messages[scalar];
    if (read) return read(reader.chunk());
  } else if (wire === 0) {
    const read = varints[scalar];
    if (read) return read(reader.varint());
  } else if (wire === 1 && scalar === 'float64') return reader.double();
  throw new ProtobufError(`proto: wrong wireType = ${wire} for a field of type ${scalar}`);
}

/** Several numbers in one chunk, or one by itself; both are legal for repeated numbers. */
function packed(reader: ProtobufReader, element: TypeRef, wire: number): unknown[] | undefined {
  if (wire !== 2 || element.form !== 'scalar') return undefined;
  const read = varints[element.scalar];
  if (!read) return undefined;
  const chunk = new ProtobufReader(reader.chunk());
  const values: unknown[] = [];
  while (!chunk.done) values.push(read(chunk.varint()));
  return values;
}

function schemaOrOf(bytes: Uint8Array, or: SchemaOr, depth: number): unknown {
  const reader = new ProtobufReader(bytes);
  let allows: unknown = false;
  let schema: unknown;
  const list: unknown[] = [];
  while (!reader.done) {
    const { number, wire } = reader.tag();
    const isSchema = wire === 2 && number === (or === 'schemaOrBool' ? 2 : 1);
    if (isSchema) schema = messageOf(reader.chunk(), schemaProps, depth);
    else if (number === 1 && wire === 0) allows = reader.varint() !== 0n;
    else if (number === 2 && wire === 2)
      list.push(or === 'schemaOrStrings' ? decodeText(reader.chunk()) : messageOf(reader.chunk(), schemaProps, depth));
    else reader.skip(wire);
  }
  return schema ?? (or === 'schemaOrBool' ? allows : list);
}

function messageOf(bytes: Uint8Array, ref: TypeRef, depth: number): unknown {
  if (depth > maxDepth) throw new ProtobufError('proto: nested too deeply');
  switch (ref.form) {
    case 'struct':
      return structOf(bytes, ref.name, depth);
    case 'free':
      return jsonOf(flat(bytes).get(1));
    case 'schemaOr':
      return schemaOrOf(bytes, ref.or, depth + 1);
    case 'list':
      return wrappedList(bytes, ref.of, depth);
    default:
      throw new ProtobufError(`proto: no message of form ${ref.form}`);
  }
}

function wrappedList(bytes: Uint8Array, element: TypeRef, depth: number): unknown[] {
  const reader = new ProtobufReader(bytes);
  const items: unknown[] = [];
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) items.push(valueOf(reader, element, wire, depth));
    else reader.skip(wire);
  }
  return items;
}

function valueOf(reader: ProtobufReader, ref: TypeRef, wire: number, depth: number): unknown {
  if (ref.form === 'scalar') return scalarOf(reader, ref.scalar, wire);
  if (wire !== 2) throw new ProtobufError(`proto: wrong wireType = ${wire} for a message`);
  return messageOf(reader.chunk(), ref, depth + 1);
}

function entryOf(bytes: Uint8Array, values: TypeRef, depth: number): [string, unknown] {
  const reader = new ProtobufReader(bytes);
  let key = '';
  let value: unknown = null;
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1 && wire === 2) key = decodeText(reader.chunk());
    else if (number === 2) value = valueOf(reader, values, wire, depth);
    else reader.skip(wire);
  }
  return [key, value];
}

function readField(
  reader: ProtobufReader,
  { name, type }: FieldFacts,
  wire: number,
  into: Fields,
  depth: number,
): void {
  if (type.form === 'map') {
    const [key, value] = entryOf(reader.chunk(), type.of, depth);
    const map = Object.hasOwn(into, name) ? (into[name] as Fields) : {};
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
    into[name] = map;
  } else if (type.form === 'list' && !type.wrapped) {
    const list = (into[name] ??= []) as unknown[];
    list.push(...(packed(reader, type.of, wire) ?? [valueOf(reader, type.of, wire, depth)]));
  } else into[name] = valueOf(reader, type, wire, depth);
}

interface Numbered {
  readonly direct: ReadonlyMap<number, FieldFacts>;
  readonly embedded: ReadonlyMap<number, ReadonlyMap<number, FieldFacts>>;
}

const numbered = new Map<string, Numbered>();

/** A struct's fields by protobuf number, those of embedded structs apart. */
function fieldNumbers(name: string): Numbered {
  const known = numbered.get(name);
  if (known) return known;
  const fields = [...typeFacts(name).fields.values()].filter(({ proto }) => proto !== undefined);
  const byNumber = (some: readonly FieldFacts[]) => new Map(some.map((field) => [field.proto ?? 0, field]));
  const made: Numbered = {
    direct: byNumber(fields.filter(({ embedded }) => !embedded)),
    embedded: new Map(
      [...Map.groupBy(fields, ({ embedded }) => embedded?.proto ?? 0)]
        .filter(([number]) => number !== 0)
        .map(([number, some]) => [number, byNumber(some)]),
    ),
  };
  numbered.set(name, made);
  return made;
}

function readFields(bytes: Uint8Array, { direct, embedded }: Numbered, into: Fields, depth: number): void {
  const reader = new ProtobufReader(bytes);
  while (!reader.done) {
    const { number, wire } = reader.tag();
    const field = direct.get(number);
    const inner = embedded.get(number);
    if (field) readField(reader, field, wire, into, depth);
    else if (inner && wire === 2) readFields(reader.chunk(), { direct: inner, embedded: new Map() }, into, depth);
    else reader.skip(wire);
  }
}

function structOf(bytes: Uint8Array, name: string, depth: number): Fields {
  const result: Fields = {};
  readFields(bytes, fieldNumbers(name), result, depth);
  return result;
}

/** A message of the API as JSON data, not yet normalized. @throws ProtobufError */
export const decodeProtobuf = (bytes: Uint8Array, typeName: string): Fields => structOf(bytes, typeName, 1);
