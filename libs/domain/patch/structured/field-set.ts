import { compareElements, printElement, type PathElement } from './path-element.js';

/**
 * A set of field paths in the very form that managedFields stores (FieldsV1): a tree whose nodes are in the set if they are empty or have a `.`.
 * The root `{}` is the empty set. Immutable: operations share what they do not change.
 */
export interface FieldSet {
  readonly [element: PathElement]: FieldSet;
}

const self = '.';
export const emptySet: FieldSet = Object.freeze({});
const leaf = emptySet;

export const isEmptySet = (set: FieldSet): boolean => {
  for (const _ in set) return false;
  return true;
};

/** Whether the path that leads to this (non-root) node is itself in the set. */
export const isMember = (node: FieldSet | undefined): boolean =>
  node !== undefined && (Object.hasOwn(node, self) || isEmptySet(node));

/** The node below; absent if nothing there or deeper is in the set. */
export const below = (node: FieldSet | undefined, element: PathElement): FieldSet | undefined =>
  node !== undefined && Object.hasOwn(node, element) ? node[element] : undefined;

export const hasChildren = (node: FieldSet | undefined): boolean => {
  if (node !== undefined) for (const element in node) if (element !== self) return true;
  return false;
};

type Children = Record<PathElement, FieldSet>;

/** A node from its parts; undefined if nothing is left of it. */
function node(member: boolean, children: Children): FieldSet | undefined {
  const empty = isEmptySet(children);
  if (empty) return member ? leaf : undefined;
  return member ? { [self]: leaf, ...children } : children;
}

const mergedNode = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b) return a;
  const children: Children = {};
  for (const element in a)
    if (element !== self) {
      const mine = a[element] ?? leaf;
      const other = below(b, element);
      children[element] = other === undefined ? mine : mergedNode(mine, other);
    }
  for (const element in b) if (element !== self && !Object.hasOwn(a, element)) children[element] = b[element] ?? leaf;
  return node(isMember(a) || isMember(b), children) ?? leaf;
};

export const union = (a: FieldSet, b: FieldSet): FieldSet => (isEmptySet(a) ? b : isEmptySet(b) ? a : mergedNode(a, b));

/** `a` itself if `b` takes nothing of it. */
function remainder(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet | undefined {
  const isTaken = isMember(b);
  if (isTaken && recursive) return undefined;
  const wasMember = isMember(a);
  let isSame = !(isTaken && wasMember);
  const children: Children = {};
  for (const element in a)
    if (element !== self) {
      const mine = a[element] ?? leaf;
      const other = below(b, element);
      const left = other === undefined ? mine : remainder(mine, other, recursive);
      if (left !== mine) isSame = false;
      if (left !== undefined) children[element] = left;
    }
  return isSame ? a : node(wasMember && !isTaken, children);
}

/** The paths of `a` that are not in `b`; what lies below a path of `b` stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) || isEmptySet(b) ? a : (remainder(a, b, false) ?? emptySet);

/** The paths of `a` that are neither in `b` nor below a path of `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) || isEmptySet(b) ? a : (remainder(a, b, true) ?? emptySet);

function shared(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const children: Children = {};
  for (const element in a) {
    const other = element === self ? undefined : below(b, element);
    const both = other === undefined ? undefined : shared(a[element] ?? leaf, other);
    if (both !== undefined) children[element] = both;
  }
  return node(isMember(a) && isMember(b), children);
}

export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) || isEmptySet(b) ? emptySet : (shared(a, b) ?? emptySet);

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (isMember(a) !== isMember(b)) return false;
  let count = 0;
  for (const element in a)
    if (element !== self) {
      const other = below(b, element);
      if (other === undefined || !equalSets(a[element] ?? leaf, other)) return false;
      count++;
    }
  for (const element in b) if (element !== self) count--;
  return count === 0;
}

/** Every path of the set, printed: of each node first the members, then what lies below. */
export function printedPaths(set: FieldSet, prefix = ''): string[] {
  const elements = Object.keys(set)
    .filter((element) => element !== self)
    .sort(compareElements);
  return [
    ...elements.filter((element) => isMember(set[element])).map((element) => `${prefix}${printElement(element)}`),
    ...elements.flatMap((element) => printedPaths(set[element] ?? leaf, `${prefix}${printElement(element)}`)),
  ];
}

/** The same set with `.` first and the elements in order, as it is stored: itself where it is so already. */
export function canonical(set: FieldSet): FieldSet {
  if (isEmptySet(set)) return leaf;
  return isCanonical(set) ? set : ordered(set);
}

function isCanonical(set: FieldSet): boolean {
  let previous: PathElement | undefined;
  for (const element in set) {
    if (previous !== undefined && !precedes(previous, element)) return false;
    if (!isCanonical(set[element] ?? leaf)) return false;
    previous = element;
  }
  return true;
}

function ordered(set: FieldSet): FieldSet {
  const elements = Object.keys(set);
  elements.sort((a, b) => (precedes(a, b) ? -1 : 1));
  const children: Children = {};
  for (const element of elements) children[element] = canonical(set[element] ?? leaf);
  return children;
}

/** The same set with the elements of its root in order, whatever is below them. */
export function inOrder(set: FieldSet): FieldSet {
  let previous: PathElement | undefined;
  for (const element in set) {
    if (previous !== undefined && !precedes(previous, element)) return ordered(set);
    previous = element;
  }
  return set;
}

const precedes = (a: PathElement, b: PathElement): boolean => a === self || (b !== self && compareElements(a, b) < 0);

/** A set of paths, each as its elements. For constants and tests. */
export const fieldSetOf = (...paths: readonly (readonly PathElement[])[]): FieldSet =>
  paths.reduce<FieldSet>(
    (set, path) =>
      union(
        set,
        path.reduceRight<FieldSet>((inner, element) => ({ [element]: inner }), leaf),
      ),
    emptySet,
  );

/** Collects paths while a walk goes down and up again; a node exists only if something was put there. */
export class FieldSetBuilder {
  private member = false;
  private readonly children: Children = {};

  addSelf(): void {
    this.member = true;
  }
  /** Adds a finished subtree; nothing if it is undefined. */
  add(element: PathElement, child: FieldSet | undefined): void {
    if (child === undefined) return;
    const present = below(this.children, element);
    this.children[element] = present === undefined ? child : mergedNode(present, child);
  }
  addMember(element: PathElement): void {
    this.add(element, leaf);
  }
  build(): FieldSet | undefined {
    return node(this.member, this.children);
  }
}
