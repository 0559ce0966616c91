import type { ScalarKind } from './schema-node.js';

/** Scalars as Go has them; the four free-form ones are JSON in bytes. */
export type GoScalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'quantity'
  | 'intOrString'
  | 'bytes';

export type FreeForm = 'raw' | 'fields' | 'json' | 'any';
/** JSON schema's places that hold a schema or something simpler. */
export type SchemaOr = 'schemaOrBool' | 'schemaOrArray' | 'schemaOrStrings';

/** A parsed type of the facts table. */
export type TypeRef =
  | { readonly form: 'scalar'; readonly scalar: GoScalar }
  | { readonly form: 'free'; readonly free: FreeForm }
  | { readonly form: 'schemaOr'; readonly or: SchemaOr }
  | { readonly form: 'struct'; readonly name: string }
  /** wrapped: protobuf carries the list as a message of its own. */
  | { readonly form: 'list'; readonly of: TypeRef; readonly wrapped: boolean }
  | { readonly form: 'map'; readonly of: TypeRef };

const scalarKinds: Record<GoScalar, ScalarKind> = {
  string: 'string',
  bool: 'boolean',
  int32: 'integer',
  int64: 'integer',
  float64: 'number',
  time: 'time',
  microTime: 'microTime',
  duration: 'duration',
  quantity: 'quantity',
  intOrString: 'intOrString',
  bytes: 'bytes',
};
const goTypes: Partial<Record<GoScalar, string>> = {
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  duration: 'v1.Duration',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  bytes: '[]uint8',
};
const freeForms: readonly string[] = ['raw', 'fields', 'json', 'any'];
const parsed = new Map<string, TypeRef>();

function parse(text: string): TypeRef {
  if (text.startsWith('wrapped[]')) return { form: 'list', of: parseTypeRef(text.slice(9)), wrapped: true };
  if (text.startsWith('[]')) return { form: 'list', of: parseTypeRef(text.slice(2)), wrapped: false };
  if (text.startsWith('{}')) return { form: 'map', of: parseTypeRef(text.slice(2)) };
  if (text in scalarKinds) return { form: 'scalar', scalar: text as GoScalar };
  if (freeForms.includes(text)) return { form: 'free', free: text as FreeForm };
  if (text.startsWith('schemaOr')) return { form: 'schemaOr', or: text as SchemaOr };
  return { form: 'struct', name: text };
}

/** Equal texts give the same reference. */
export function parseTypeRef(text: string): TypeRef {
  const ref = parsed.get(text) ?? parse(text);
  parsed.set(text, ref);
  return ref;
}

export const scalarKind = (scalar: GoScalar): ScalarKind => scalarKinds[scalar];

/** The type as Go prints it: `[]v1.Container`, `map[string]string`. */
export function goTypeName(ref: TypeRef, structName: (name: string) => string): string {
  switch (ref.form) {
    case 'scalar':
      return goTypes[ref.scalar] ?? ref.scalar;
    case 'list':
      return `[]${goTypeName(ref.of, structName)}`;
    case 'map':
      return `map[string]${goTypeName(ref.of, structName)}`;
    case 'struct':
      return structName(ref.name);
    case 'free':
      return ref.free === 'fields' ? 'v1.FieldsV1' : ref.free === 'raw' ? 'runtime.RawExtension' : 'interface {}';
    case 'schemaOr':
      return 'v1.JSONSchemaProps';
  }
}
