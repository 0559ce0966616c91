import { typeFacts } from '../api-facts.js';
import { goTypeName, parseTypeRef, type GoScalar, type TypeRef } from '../type-ref.js';
import { countKeys, isFields, put, withRawNumbers, type Fields } from './free-json.js';
import { isRawJSON, rawJSON, scalarForms, zeroOf } from './scalar-forms.js';
import { structPlan, type Direction, type PlannedField, type StructPlan } from './struct-plan.js';
import { shapeOf, type Step } from './struct-shape.js';

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

/** What Go's decoder calls a JSON value in its errors. */
function jsonKind(value: unknown): string {
  if (isRawJSON(value) || typeof value === 'bigint') return 'number';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  if (isRawJSON(value)) return false;
  for (const _name in value) return false;
  return true;
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

const isSorted = (names: readonly string[]): boolean => {
  for (let i = 1; i < names.length; i++) if ((names[i - 1] ?? '') > (names[i] ?? '')) return false;
  return true;
};

/**
 * Walks a value along its type and rebuilds it as Go would, in one pass. What is written keeps the parts that are as they should be;
 * what is read shares nothing with what it was read from, since defaults are put into it.
 */
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
        if (this.direction === 'write') return withRawNumbers(value);
        this.keys += countKeys(value);
        return value;
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
    const given = value as unknown[];
    const element = ref.of;
    const result: unknown[] = [];
    let isSame = this.direction === 'write';
    for (const item of given) {
      const decoded = this.value(item, element) ?? null;
      if (decoded !== item) isSame = false;
      result.push(decoded);
    }
    return isSame ? given : result;
  }

  private map(value: unknown, ref: TypeRef & { form: 'map' }, goType?: string): unknown {
    if (value === null || value === undefined) return undefined;
    if (!isFields(value)) return this.wrongType(value, ref, goType);
    const names = Object.keys(value);
    this.keys += names.length;
    let isSame = this.direction === 'write';
    if (!isSorted(names)) {
      names.sort();
      isSame = false;
    }
    const result: Fields = {};
    for (const name of names) {
      const decoded = this.value(value[name], ref.of) ?? emptyIn(ref.of);
      if (decoded !== value[name]) isSame = false;
      put(result, name, decoded);
    }
    return isSame ? value : result;
  }

  private schemaOr(value: unknown, or: 'schemaOrBool' | 'schemaOrArray' | 'schemaOrStrings'): unknown {
    if (value === null || value === undefined) return undefined;
    if (or === 'schemaOrBool' && typeof value === 'boolean') return value;
    if (Array.isArray(value) && or !== 'schemaOrBool')
      return this.value(value, or === 'schemaOrArray' ? schemaList : stringList);
    return this.value(value, schemaProps);
  }

  private structValue(value: unknown, name: string): unknown {
    const plan = structPlan(name, this.direction);
    if (value !== null && value !== undefined && !isFields(value)) return this.fail(value, plan.goName);
    const outer = this.struct;
    if (this.tracks) this.struct = plan.goName.slice(plan.goName.indexOf('.') + 1);
    const result = this.fields(value ?? {}, plan);
    this.struct = outer;
    return result;
  }

  private fields(given: Fields, plan: StructPlan): Fields {
    const { names, steps, isComplete, hasUnknownFields } = shapeOf(given, plan);
    this.keys += names.length;
    if (hasUnknownFields) this.unknown = true;
    // Made once something differs; until then all steps were the given fields, in order.
    let result: Fields | undefined = this.direction === 'write' && isComplete ? undefined : {};
    for (let i = 0; i < steps.length; i++) {
      const { field, isGiven } = steps[i] as Step;
      const before = isGiven ? given[field.name] : undefined;
      const after = isGiven ? this.field(before, field) : this.absent(field);
      if (result === undefined && after !== before) result = firstFields(given, steps, i);
      if (result !== undefined && after !== undefined) result[field.name] = after;
    }
    return result ?? given;
  }

  private field(given: unknown, field: PlannedField): unknown {
    if (given === undefined || given === null) return this.absent(field);
    const value = this.tracks ? this.tracked(given, field) : this.value(given, field.type, field.goType);
    if (value === undefined) return this.absent(field);
    return field.dropsEmpty && isEmpty(value) ? this.absent(field) : value;
  }

  private tracked(given: unknown, field: PlannedField): unknown {
    const { path } = this;
    const depth = path.length;
    if (field.embedded) path.push(field.embedded);
    path.push(field.name);
    const value = this.value(given, field.type, field.goType);
    path.length = depth;
    return value;
  }

  private absent({ absent }: PlannedField): unknown {
    if (absent.as === 'struct') return this.structValue(undefined, absent.name);
    return absent.as === 'list' ? [] : absent.value;
  }
}

function firstFields(given: Fields, steps: readonly Step[], count: number): Fields {
  const first: Fields = {};
  for (let i = 0; i < count; i++) {
    const { name } = (steps[i] as Step).field;
    if (given[name] !== undefined) first[name] = given[name];
  }
  return first;
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
