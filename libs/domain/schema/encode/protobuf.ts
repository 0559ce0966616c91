import { parseApiVersion } from '../../api/group-version.js';
import { kindType, typeFacts, type FieldFacts } from '../api-facts.js';
import { parseTypeRef, type GoScalar, type SchemaOr, type TypeRef } from '../type-ref.js';
import { protobuf } from './protobuf-writer.js';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const schemaProps = parseTypeRef('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');

const unitNanos: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** `1h30m` in nanoseconds. */
function nanosOf(duration: string): bigint {
  const parts = [...duration.matchAll(/([0-9.]+)(ns|us|µs|ms|s|m|h)/g)];
  const sum = parts.reduce((nanos, [, amount, unit]) => nanos + Number(amount) * (unitNanos[unit ?? ''] ?? 0), 0);
  return BigInt(Math.round(duration.startsWith('-') ? -sum : sum));
}

function timeMessage(text: string): Buffer {
  const at = Date.parse(text);
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? [];
  const nanos = BigInt(fraction.padEnd(9, '0').slice(0, 9));
  return Buffer.concat([
    protobuf.integer(1, BigInt(Math.floor(at / 1000))),
    ...(nanos === 0n ? [] : [protobuf.integer(2, nanos)]),
  ]);
}

/** Numbers of either kind, and the texts of such that JSON cannot hold. */
const whole = (value: unknown): bigint => BigInt(value as number | bigint | string);

const scalarFields: Readonly<Record<GoScalar, (number: number, value: unknown) => Buffer>> = {
  string: (number, value) => protobuf.text(number, String(value)),
  bool: (number, value) => protobuf.integer(number, value === true ? 1n : 0n),
  int32: (number, value) => protobuf.integer(number, whole(value)),
  int64: (number, value) => protobuf.integer(number, whole(value)),
  float64: (number, value) => protobuf.double(number, Number(value)),
  bytes: (number, value) => protobuf.chunk(number, Buffer.from(String(value), 'base64')),
  time: (number, value) => protobuf.chunk(number, timeMessage(String(value))),
  microTime: (number, value) => protobuf.chunk(number, timeMessage(String(value))),
  quantity: (number, value) => protobuf.chunk(number, protobuf.text(1, String(value))),
  duration: (number, value) => protobuf.chunk(number, protobuf.integer(1, nanosOf(String(value)))),
  intOrString: (number, value) =>
    protobuf.chunk(
      number,
      typeof value === 'string'
        ? Buffer.concat([protobuf.integer(1, 1n), protobuf.text(3, value)])
        : Buffer.concat([protobuf.integer(1, 0n), protobuf.integer(2, whole(value))]),
    ),
};

function schemaOr(value: unknown, or: SchemaOr): Buffer {
  const schema = (one: unknown): Buffer => messageOf(one, schemaProps);
  if (or === 'schemaOrBool')
    return typeof value === 'boolean'
      ? protobuf.integer(1, value ? 1n : 0n)
      : Buffer.concat([protobuf.integer(1, 1n), protobuf.chunk(2, schema(value))]);
  if (!Array.isArray(value)) return protobuf.chunk(1, schema(value));
  return Buffer.concat(
    value.map((one) => (or === 'schemaOrStrings' ? protobuf.text(2, String(one)) : protobuf.chunk(2, schema(one)))),
  );
}

/** The content of a message of a type that is no scalar. */
function messageOf(value: unknown, ref: TypeRef): Buffer {
  switch (ref.form) {
    case 'struct':
      return structOf(value, ref.name);
    case 'free':
      return protobuf.text(1, JSON.stringify(value));
    case 'schemaOr':
      return schemaOr(value, ref.or);
    case 'list':
      return Buffer.concat((Array.isArray(value) ? value : []).map((one) => fieldOf(1, one, ref.of)));
    default:
      throw new Error(`protobuf has no message of form ${ref.form}`);
  }
}

const fieldOf = (number: number, value: unknown, ref: TypeRef): Buffer =>
  ref.form === 'scalar' ? scalarFields[ref.scalar](number, value) : protobuf.chunk(number, messageOf(value, ref));

function entriesOf(number: number, map: Fields, values: TypeRef): Buffer {
  return Buffer.concat(
    Object.entries(map).map(([key, value]) =>
      protobuf.chunk(number, Buffer.concat([protobuf.text(1, key), fieldOf(2, value, values)])),
    ),
  );
}

function written({ proto = 0, type }: FieldFacts, value: unknown): Buffer {
  if (type.form === 'map') return isFields(value) ? entriesOf(proto, value, type.of) : Buffer.alloc(0);
  if (type.form === 'list' && !type.wrapped)
    return Buffer.concat((Array.isArray(value) ? value : []).map((one) => fieldOf(proto, one, type.of)));
  return fieldOf(proto, value, type);
}

/** What is absent or null is left out: readers see the zero value of Go, as in what the reference writes. */
function structOf(value: unknown, name: string): Buffer {
  if (!isFields(value)) return Buffer.alloc(0);
  const present = typeFacts(name).fieldList.filter(
    ({ name: field, proto }) => proto !== undefined && value[field] !== undefined && value[field] !== null,
  );
  const direct = present.filter(({ embedded }) => !embedded).map((field) => written(field, value[field.name]));
  const embedded = Map.groupBy(
    present.filter((field) => field.embedded),
    (field) => field.embedded?.proto ?? 0,
  );
  const inner = [...embedded].map(([number, fields]) =>
    protobuf.chunk(number, Buffer.concat(fields.map((field) => written(field, value[field.name])))),
  );
  return Buffer.concat([...direct, ...inner]);
}

const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** An object of the API (its kind and apiVersion say which) as the API's protobuf: `k8s\0` and an envelope. Undefined for a kind that has no such form. */
export function encodeProtobuf(object: object): Buffer | undefined {
  const { kind, apiVersion } = object as Fields;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return undefined;
  const { group, version } = parseApiVersion(apiVersion);
  const type = kindType(group, version, kind);
  if (type === undefined || kind === 'Table') return undefined;
  const typeMeta = Buffer.concat([protobuf.text(1, apiVersion), protobuf.text(2, kind)]);
  return Buffer.concat([
    magic,
    protobuf.chunk(1, typeMeta),
    protobuf.chunk(2, structOf(object, type)),
    protobuf.text(3, ''),
    protobuf.text(4, ''),
  ]);
}

const lengthBytes = 4;

/** An event of a watch: a message with the whole encoded object in it, behind its length. */
export function encodeWatchEvent(type: string, object: object): Buffer | undefined {
  const encoded = encodeProtobuf(object);
  if (!encoded) return undefined;
  const event = Buffer.concat([protobuf.text(1, type), protobuf.chunk(2, protobuf.chunk(1, encoded))]);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}
