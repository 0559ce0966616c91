import type { PlannedField, StructPlan } from './struct-plan.js';

/** One field of what a walk makes of a struct: one that was given, or one that is there though nobody gave it. */
export interface Step {
  readonly field: PlannedField;
  readonly isGiven: boolean;
}

/** What a walk does with a struct that was given these keys, in this order. */
export interface StructShape {
  /** The keys, in the order in which they were given. */
  readonly names: readonly string[];
  /** In the struct's order. */
  readonly steps: readonly Step[];
  /** The steps are the keys: nothing is unknown, missing or out of order. */
  readonly isComplete: boolean;
  readonly hasUnknownFields: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** How many shapes of a struct are remembered. Clients write the same few over and over; whoever invents others pays for making them. */
const remembered = 4;
/** More keys than any struct has fields. */
const mostNames = 128;

/** The shape of a struct: one that was seen lately where the keys are the same, else a new one. Looked at for each struct of each object. */
export function shapeOf(given: Fields, plan: StructPlan): StructShape {
  const known = plan.shapes;
  for (const shape of known) if (isOf(shape, given)) return shape;
  const shape = newShape(given, plan);
  if (shape.names.length > mostNames) return shape;
  if (known.length >= remembered) known.shift();
  known.push(shape);
  return shape;
}

function isOf({ names }: StructShape, given: Fields): boolean {
  let i = 0;
  for (const name in given) if (names[i++] !== name) return false;
  return i === names.length;
}

function newShape(given: Fields, { byName, unasked }: StructPlan): StructShape {
  const names = Object.keys(given);
  const fields = names.flatMap((name) => byName.get(name) ?? []);
  const steps = [
    ...fields.map((field): Step => ({ field, isGiven: true })),
    ...unasked.filter((field) => !fields.includes(field)).map((field): Step => ({ field, isGiven: false })),
  ].sort((a, b) => a.field.index - b.field.index);
  return {
    names,
    steps,
    isComplete: steps.length === names.length && steps.every(({ field }, i) => field.name === names[i]),
    hasUnknownFields: fields.length < names.length,
  };
}
