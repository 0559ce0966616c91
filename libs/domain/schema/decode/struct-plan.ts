import { typeFacts, type FieldFacts } from '../api-facts.js';
import type { TypeRef } from '../type-ref.js';
import type { StructShape } from './struct-shape.js';
import { zeroOf } from './scalar-forms.js';

/**
 * read: what a client sent; structs and scalars that Go would have are filled in, what is empty goes.
 * write: as Go prints it; also the lists, maps and times that are written as null.
 */
export type Direction = 'read' | 'write';

/** What Go has in a field that was not given; the value undefined: nothing is written. */
export type Absent =
  | { readonly as: 'value'; readonly value: unknown }
  | { readonly as: 'list' }
  | { readonly as: 'struct'; readonly name: string };

/** All that a walk in one direction has to know of a field, decided before it. */
export interface PlannedField {
  readonly name: string;
  /** Place in the struct. */
  readonly index: number;
  readonly type: TypeRef;
  readonly goType: string | undefined;
  /** Go name of the embedded struct that holds the field. */
  readonly embedded: string | undefined;
  readonly absent: Absent;
  /** An empty value is as good as none. */
  readonly dropsEmpty: boolean;
}

export interface StructPlan {
  readonly goName: string;
  readonly byName: ReadonlyMap<string, PlannedField>;
  /** Fields that are there though nobody gives them, in order. */
  readonly unasked: readonly PlannedField[];
  /** The keys that such structs were given lately. */
  readonly shapes: StructShape[];
}

/** An empty list here asks for ownership to be forgotten; a missing one asks for nothing. */
const ownership = 'managedFields';

/** Some that was given empty is told from a missing one until it is stored: its sender owns the list, or means something. */
const keepsEmpty = ({ name, type, omitEmpty }: FieldFacts, direction: Direction): boolean =>
  direction === 'read' && ((type.form === 'list' && !omitEmpty) || name === ownership);

/** Structs are never empty to Go, unless omitzero says so; free JSON is kept as it is. */
const mayBeEmpty = ({ type }: FieldFacts, direction: Direction): boolean =>
  type.form === 'scalar'
    ? type.scalar !== 'quantity' && !(type.scalar === 'intOrString' && direction === 'write')
    : type.form === 'list' || type.form === 'map';

const dropsEmpty = (field: FieldFacts, direction: Direction): boolean =>
  !(field.pointer && field.type.form !== 'free') && mayBeEmpty(field, direction) && !keepsEmpty(field, direction);

const constant = (value: unknown): Absent => ({ as: 'value', value });
const nothing = constant(undefined);

function absentOf(field: FieldFacts, direction: Direction): Absent {
  const { type, pointer, omitEmpty, omitZero, required } = field;
  const isWritten = direction === 'write';
  if (pointer) return isWritten && !omitEmpty && !omitZero ? constant(null) : nothing;
  if (type.form === 'struct') return omitZero ? nothing : { as: 'struct', name: type.name };
  if (type.form === 'scalar') return constant(absentScalar(field, direction));
  if (type.form === 'list' && required && !omitEmpty && !isWritten) return { as: 'list' };
  if (!isWritten) return nothing;
  if (type.form === 'free') return type.free === 'any' || omitZero ? nothing : constant(null);
  return omitEmpty ? nothing : constant(null);
}

function absentScalar({ type, omitEmpty, omitZero }: FieldFacts, direction: Direction): unknown {
  if (type.form !== 'scalar') return undefined;
  const { scalar } = type;
  const isStruct = scalar === 'time' || scalar === 'microTime' || scalar === 'quantity' || scalar === 'intOrString';
  if (!isStruct) return omitEmpty || omitZero ? undefined : zeroOf[scalar];
  if (omitZero) return undefined;
  if (direction === 'read') return scalar === 'intOrString' && !omitEmpty ? 0 : undefined;
  return zeroOf[scalar] ?? null;
}

function planOf(name: string, direction: Direction): StructPlan {
  const { goName, fieldList } = typeFacts(name);
  const fields = fieldList.map((field, index): PlannedField => ({
    name: field.name,
    index,
    type: field.type,
    goType: field.goType,
    embedded: field.embedded?.goName,
    absent: absentOf(field, direction),
    dropsEmpty: dropsEmpty(field, direction),
  }));
  return {
    goName,
    byName: new Map(fields.map((field) => [field.name, field])),
    unasked: fields.filter(({ absent }) => absent.as !== 'value' || absent.value !== undefined),
    shapes: [],
  };
}

const plans: Readonly<Record<Direction, Map<string, StructPlan>>> = { read: new Map(), write: new Map() };

/** The plan for a struct of the API, by the full name of its type; made when it is first asked for. */
export function structPlan(name: string, direction: Direction): StructPlan {
  let plan = plans[direction].get(name);
  if (!plan) {
    plan = planOf(name, direction);
    plans[direction].set(name, plan);
  }
  return plan;
}
