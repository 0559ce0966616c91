import { deepEqual } from '../../api/deep-equal.js';
import type { SchemaNode } from '../../schema/schema-node.js';
import { addressOf, alwaysPresent, everyField } from './every-field.js';
import { emptySet, FieldSetBuilder, isEmptySet, recursiveDifference, union, type FieldSet } from './field-set.js';
import { absentValue, isBlank, isMap, mergeForm, type Json, type JsonMap, type MergeForm } from './merge-type.js';
import { fieldElement, type PathElement } from './path-element.js';

/** Which fields differ between two states of one object. No path is in two of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export const noDifference: Comparison = { added: emptySet, modified: emptySet, removed: emptySet };

export const isSame = ({ added, modified, removed }: Comparison): boolean =>
  isEmptySet(added) && isEmptySet(modified) && isEmptySet(removed);

/** What the later state says that the earlier did not: its new and its changed fields. */
export const changedFields = ({ added, modified }: Comparison): FieldSet => union(added, modified);

export function excluding(comparison: Comparison, fields: FieldSet): Comparison {
  if (isEmptySet(fields)) return comparison;
  return {
    added: recursiveDifference(comparison.added, fields),
    modified: recursiveDifference(comparison.modified, fields),
    removed: recursiveDifference(comparison.removed, fields),
  };
}

/** Compares two states. Same references are skipped unseen. Pure. */
export function compareStates(schema: SchemaNode | undefined, before: Json, after: Json): Comparison {
  if (before === after) return noDifference;
  const found = new Differences();
  compareAt(schema, before, after, found);
  return found.comparison();
}

type Difference = 'added' | 'modified' | 'removed';

/** What is found below one place. Made for every place that is looked at, so it holds nothing before there is something. */
class Differences {
  private readonly found: Partial<Record<Difference, FieldSetBuilder>> = {};

  addSelf(difference: Difference): void {
    (this.found[difference] ??= new FieldSetBuilder()).addSelf();
  }
  addMember(difference: Difference, element: PathElement): void {
    (this.found[difference] ??= new FieldSetBuilder()).addMember(element);
  }
  /** All that a new value says. */
  addAll(element: PathElement, schema: SchemaNode | undefined, value: Json): void {
    (this.found.added ??= new FieldSetBuilder()).add(element, everyField(schema, value));
  }
  put(element: PathElement, inner: Differences): void {
    for (const difference in inner.found) {
      const kind = difference as Difference;
      (this.found[kind] ??= new FieldSetBuilder()).add(element, inner.found[kind]?.build());
    }
  }
  comparison(): Comparison {
    const { added, modified, removed } = this.found;
    return {
      added: added?.build() ?? emptySet,
      modified: modified?.build() ?? emptySet,
      removed: removed?.build() ?? emptySet,
    };
  }
}

function compareAt(schema: SchemaNode | undefined, before: Json, after: Json, found: Differences): void {
  const form = mergeForm(schema, after ?? before);
  const whole = form === 'scalar' || form === 'atomic' || (isBlank(before) && isBlank(after));
  if (!whole && mixed(form, before, after)) return compareMixed(schema, before, after, found);
  if (!whole) {
    if (form === 'map') compareMaps(schema, asMap(before), asMap(after), before, after, found);
    else compareLists(schema, form, before, after, found);
  } else if (before !== undefined && after !== undefined && !deepEqual(before, after)) found.addSelf('modified');
  if (before === undefined) found.addSelf('added');
  else if (after === undefined) found.addSelf('removed');
}

const own = (map: JsonMap, name: string): Json => (Object.hasOwn(map, name) ? map[name] : undefined);
const asMap = (value: Json): JsonMap => (isMap(value) ? value : {});

/** Without a schema a value may change its form from one write to the next. */
const mixed = (form: MergeForm, before: Json, after: Json): boolean => {
  const fits = (value: Json): boolean =>
    value === undefined || value === null || (form === 'map' ? isMap(value) : Array.isArray(value));
  return !fits(before) || !fits(after);
};

function compareMixed(schema: SchemaNode | undefined, before: Json, after: Json, found: Differences): void {
  compareAt(schema, before, undefined, found);
  compareAt(schema, undefined, after, found);
}

function compareMaps(
  schema: SchemaNode | undefined,
  before: JsonMap,
  after: JsonMap,
  wholeBefore: Json,
  wholeAfter: Json,
  found: Differences,
): void {
  const beforeIsThere = wholeBefore !== undefined;
  const afterIsThere = wholeAfter !== undefined;
  const compareField = (name: string): void => {
    const left = own(before, name);
    const right = own(after, name);
    if (left !== undefined && right !== undefined && deepEqual(left, right)) return;
    const child = schema?.field(name);
    const absent = absentValue(schema, child);
    const filledLeft = left === undefined && beforeIsThere ? absent : left;
    const filledRight = right === undefined && afterIsThere ? absent : right;
    if (filledLeft === undefined && filledRight === undefined) return;
    if (filledLeft === undefined) return found.addAll(fieldElement(name), child, filledRight);
    const inner = new Differences();
    compareAt(child, filledLeft, filledRight, inner);
    found.put(fieldElement(name), inner);
  };
  for (const name in before) compareField(name);
  for (const name in after) if (!Object.hasOwn(before, name)) compareField(name);
  // What only exists as an always-present inner struct counts when its parent comes or goes.
  if (beforeIsThere !== afterIsThere)
    for (const { name } of alwaysPresent(schema))
      if (!Object.hasOwn(before, name) && !Object.hasOwn(after, name)) compareField(name);
}

function compareLists(
  schema: SchemaNode | undefined,
  form: MergeForm,
  before: Json,
  after: Json,
  found: Differences,
): void {
  const left = grouped(schema, form, before);
  const right = grouped(schema, form, after);
  const compareItem = (element: PathElement, one: Json, other: Json): void => {
    if (one === undefined) return found.addAll(element, schema?.items, other);
    const inner = new Differences();
    compareAt(schema?.items, one, other, inner);
    found.put(element, inner);
  };
  for (const element of new Set([...left.keys(), ...right.keys()])) {
    const lefts = left.get(element) ?? [];
    const rights = right.get(element) ?? [];
    if (lefts.length <= 1 && rights.length <= 1) compareItem(element, lefts[0], rights[0]);
    else if (lefts.length >= 2 && rights.length >= 2) {
      if (!deepEqual(lefts, rights)) found.addMember('modified', element);
    } else if (lefts.length >= 2) {
      if (rights.length > 0) compareItem(element, undefined, rights[0]);
      found.addMember('removed', element);
    } else {
      if (lefts.length > 0) compareItem(element, lefts[0], undefined);
      found.addMember('added', element);
    }
  }
}

/** The items by how they are addressed; duplicates share an address. Items without an address are left out. */
function grouped(schema: SchemaNode | undefined, form: MergeForm, list: Json): Map<PathElement, Json[]> {
  const groups = new Map<PathElement, Json[]>();
  for (const item of Array.isArray(list) ? (list as Json[]) : []) {
    const element = addressOf(schema, form, item);
    if (element === undefined) continue;
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}
