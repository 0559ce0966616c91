import { typeFacts, type FieldFacts } from '../api-facts.js';
import { goTypeName, parseTypeRef, type GoScalar, type TypeRef } from '../type-ref.js';
import { isRawJSON, rawJSON, scalarForms, zeroOf } from './scalar-forms.js';

type Fields = Record<string, unknown>;

/**
 * read: what a client sent; structs and scalars that Go would have are filled in, what is empty goes.
 * write: as Go prints it; also the lists, maps and times that are written as null.
 */
type Direction = 'read' | 'write';

export interface RoundTrip {
  readonly value: unknown;
  /** The first value of a wrong type, worded as Go words it. */
  readonly error?: string;
  /** Object keys that were looked at; fewer than the text has means duplicates. */
  readonly keys: number;
  readonly hasUnknownFields: boolean;
}

const schemaProps = parseTypeRef('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
const schemaList: TypeRef = { form: 'list', of: schemaProps, wrapped: false };
const stringList = parseTypeRef('[]string');

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value);

/** What Go's decoder calls a JSON value in its errors. */
function jsonKind(value: unknown): string {
  if (isRawJSON(value) || typeof value === 'bigint') return 'number';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function countKeys(value: unknown): number {
  const pending = [value];
  let keys = 0;
  while (pending.length > 0) {
    const next = pending.pop();
    if (Array.isArray(next)) pending.push(...(next as unknown[]));
    else if (isFields(next)) {
      const values = Object.values(next);
      keys += values.length;
      for (const below of values) if (typeof below === 'object') pending.push(below);
    }
  }
  return keys;
}

/** Free JSON whose long integers can be written: the value itself where there are none. */
function withRawNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return rawJSON(value.toString());
  if (Array.isArray(value)) return (value as unknown[]).map(withRawNumbers);
  if (!isFields(value)) return value;
  const result: Fields = {};
  for (const [name, below] of Object.entries(value)) put(result, name, withRawNumbers(below));
  return result;
}

function put(into: Fields, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
  else into[key] = value;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  if (isRawJSON(value)) return false;
  for (const _name in value) return false;
  return true;
}

/** Objects of the API are plain JSON: what `for in` visits is their own. */
function countOwn(fields: Fields): number {
  let count = 0;
  for (const _name in fields) count++;
  return count;
}

/** The scalars that are nearly all of an object, as they are if nothing is to be done about them; undefined: look closer. */
function plainScalar(value: unknown, scalar: GoScalar): unknown {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int32':
      return typeof value === 'number' && (value | 0) === value ? value : undefined;
    case 'int64':
      return Number.isSafeInteger(value) ? value : undefined;
    case 'intOrString':
      return typeof value === 'string' || (typeof value === 'number' && (value | 0) === value) ? value : undefined;
    default:
      return undefined;
  }
}

/** What stands in a map for a null: no bytes are still bytes. */
const emptyIn = (ref: TypeRef): '' | null => (ref.form === 'scalar' && ref.scalar === 'bytes' ? '' : null);

/** An empty list here asks for ownership to be forgotten; a missing one asks for nothing. */
const ownership = 'managedFields';

/** Walks a value along its type and rebuilds it as Go would: one pass, allocating only the result. */
class Walk {
  keys = 0;
  unknown = false;
  error?: string;
  private struct = '';
  private readonly path: string[] = [];

  /** `tracks`: knows where it is, which only an error's text needs. */
  constructor(
    private readonly direction: Direction,
    private readonly tracks: boolean,
  ) {}

  value(value: unknown, ref: TypeRef, goType?: string): unknown {
    switch (ref.form) {
      case 'scalar':
        return this.scalar(value, ref.scalar, goType);
      case 'struct':
        return this.structValue(value, ref.name);
      case 'list':
        return this.list(value, ref, goType);
      case 'map':
        return this.map(value, ref, goType);
      case 'free':
        this.keys += countKeys(value);
        return this.direction === 'write' ? withRawNumbers(value) : value;
      case 'schemaOr':
        return this.schemaOr(value, ref.or);
    }
  }

  private fail(value: unknown, goType: string): undefined {
    if (this.error !== undefined) return undefined;
    const number = isRawJSON(value)
      ? value.rawJSON
      : typeof value === 'number' || typeof value === 'bigint'
        ? String(value)
        : '';
    const isNumeric = /^(int|float)/.test(goType);
    const where = this.path.length === 0 ? 'Go value' : `Go struct field ${this.struct}.${this.path.join('.')}`;
    this.error = `json: cannot unmarshal ${jsonKind(value)}${number !== '' && isNumeric ? ` ${number}` : ''} into ${where} of type ${goType}`;
    return undefined;
  }

  private wrongType(value: unknown, ref: TypeRef, goType?: string): undefined {
    return this.fail(value, goType ?? goTypeName(ref, (name) => typeFacts(name).goName));
  }

  private scalar(value: unknown, scalar: GoScalar, goType?: string): unknown {
    if (value === null || value === undefined) return zeroOf[scalar];
    const plain = plainScalar(value, scalar);
    if (plain !== undefined) return plain;
    const form = scalarForms[scalar](value);
    if ('value' in form)
      return typeof form.value === 'bigint' && this.direction === 'write' ? rawJSON(String(form.value)) : form.value;
    if ('message' in form) this.error ??= form.message;
    else this.fail(value, form.expected === scalar || scalar === 'bytes' ? (goType ?? form.expected) : form.expected);
    return undefined;
  }

  private list(value: unknown, ref: TypeRef & { form: 'list' }, goType?: string): unknown {
    if (value === null || value === undefined) return undefined;
    if (!Array.isArray(value)) return this.wrongType(value, ref, goType);
    const element = ref.of;
    return (value as unknown[]).map((item) => this.value(item, element) ?? null);
  }

  private map(value: unknown, ref: TypeRef & { form: 'map' }, goType?: string): unknown {
    if (value === null || value === undefined) return undefined;
    if (!isFields(value)) return this.wrongType(value, ref, goType);
    const names = Object.keys(value);
    this.keys += names.length;
    const result: Fields = {};
    for (const name of names.length > 1 ? names.sort() : names)
      put(result, name, this.value(value[name], ref.of) ?? emptyIn(ref.of));
    return result;
  }

  private schemaOr(value: unknown, or: 'schemaOrBool' | 'schemaOrArray' | 'schemaOrStrings'): unknown {
    if (value === null || value === undefined) return undefined;
    if (or === 'schemaOrBool' && typeof value === 'boolean') return value;
    if (Array.isArray(value) && or !== 'schemaOrBool')
      return this.value(value, or === 'schemaOrArray' ? schemaList : stringList);
    return this.value(value, schemaProps);
  }

  private structValue(value: unknown, name: string): unknown {
    const facts = typeFacts(name);
    if (value !== null && value !== undefined && !isFields(value)) return this.fail(value, facts.goName);
    const given = value ?? {};
    const outer = this.struct;
    if (this.tracks) this.struct = facts.goName.slice(facts.goName.indexOf('.') + 1);
    const result: Fields = {};
    let known = 0;
    for (const field of facts.fieldList) {
      const present = given[field.name];
      if (present !== undefined) known++;
      const decoded = this.field(present, field);
      if (decoded !== undefined) result[field.name] = decoded;
    }
    this.struct = outer;
    const count = countOwn(given);
    this.keys += count;
    if (count !== known) this.unknown = true;
    return result;
  }

  private field(given: unknown, field: FieldFacts): unknown {
    if (given === undefined || given === null) return this.absent(field);
    const value = this.tracks ? this.tracked(given, field) : this.value(given, field.type, field.goType);
    if (value === undefined) return this.absent(field);
    const isPointer = field.pointer && field.type.form !== 'free';
    if (isPointer || !this.dropsWhenEmpty(field) || !isEmpty(value) || this.keepsEmpty(field)) return value;
    return this.absent(field);
  }

  private tracked(given: unknown, field: FieldFacts): unknown {
    const { path } = this;
    const depth = path.length;
    if (field.embedded) path.push(field.embedded.goName);
    path.push(field.name);
    const value = this.value(given, field.type, field.goType);
    path.length = depth;
    return value;
  }

  /** Some that was given empty is told from a missing one until it is stored: its sender owns the list, or means something. */
  private keepsEmpty({ name, type, omitEmpty }: FieldFacts): boolean {
    return this.direction === 'read' && ((type.form === 'list' && !omitEmpty) || name === ownership);
  }

  /** Structs are never empty to Go, unless omitzero says so; free JSON is kept as it is. */
  private dropsWhenEmpty({ type }: FieldFacts): boolean {
    if (type.form === 'scalar')
      return type.scalar !== 'quantity' && !(type.scalar === 'intOrString' && this.direction === 'write');
    return type.form === 'list' || type.form === 'map';
  }

  /** What Go has in a field that was not given; undefined: nothing is written. */
  private absent(field: FieldFacts): unknown {
    const { type, pointer, omitEmpty, omitZero, required } = field;
    if (pointer) return this.direction === 'write' && !omitEmpty && !omitZero ? null : undefined;
    if (type.form === 'struct') return omitZero ? undefined : this.value(undefined, type);
    if (type.form === 'scalar') return this.absentScalar(type.scalar, omitEmpty, omitZero);
    if (type.form === 'list' && required && !omitEmpty && this.direction === 'read') return [];
    if (this.direction === 'read') return undefined;
    if (type.form === 'free') return type.free === 'any' || omitZero ? undefined : null;
    return omitEmpty ? undefined : null;
  }

  private absentScalar(scalar: GoScalar, omitEmpty: boolean, omitZero: boolean): unknown {
    const isStruct = scalar === 'time' || scalar === 'microTime' || scalar === 'quantity' || scalar === 'intOrString';
    if (!isStruct) return omitEmpty || omitZero ? undefined : zeroOf[scalar];
    if (omitZero) return undefined;
    if (this.direction === 'read') return scalar === 'intOrString' && !omitEmpty ? 0 : undefined;
    return zeroOf[scalar] ?? null;
  }
}

const walked = (value: unknown, typeName: string, direction: Direction): RoundTrip => {
  const ref = parseTypeRef(typeName);
  let walk = new Walk(direction, false);
  let result = walk.value(value, ref);
  if (walk.error !== undefined) {
    walk = new Walk(direction, true);
    result = walk.value(value, ref);
  }
  return {
    value: result,
    keys: walk.keys,
    hasUnknownFields: walk.unknown,
    ...(walk.error === undefined ? {} : { error: walk.error }),
  };
};

/**
 * JSON data as Go reads it into a struct of the API: unknown fields and nulls gone, scalars in canonical form, fields in the struct's order, structs
 * and plain scalars present even if not given. Pure.
 */
export const readAs = (typeName: string, value: unknown): RoundTrip => walked(value, typeName, 'read');

/** An object of the API as Go writes it: as `readAs`, and with the nulls of lists, maps and times that a client expects to see. Pure. */
export const writtenAs = (typeName: string, value: unknown): unknown => walked(value, typeName, 'write').value;
