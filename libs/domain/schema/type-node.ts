import { kindType, typeFacts, type FieldFacts } from './api-facts.js';
import type { PatchStrategy, ScalarKind, SchemaNode, Shape } from './schema-node.js';
import { parseTypeRef, scalarKind, type TypeRef } from './type-ref.js';

const shapes: Record<TypeRef['form'], Shape> = {
  scalar: 'scalar',
  free: 'any',
  schemaOr: 'any',
  struct: 'object',
  list: 'list',
  map: 'map',
};

const none: readonly never[] = [];

/** Structs that are written as scalars are written even when they are empty. */
const emptyStructs: Partial<Record<ScalarKind, unknown>> = {
  time: null,
  microTime: null,
  duration: '0s',
  quantity: '0',
  intOrString: 0,
};
const emptyScalars: Partial<Record<ScalarKind, unknown>> = {
  string: '',
  boolean: false,
  integer: 0,
  number: 0,
  bytes: null,
};

/** A place in a built-in kind. */
class TypeNode implements SchemaNode {
  readonly shape: Shape;
  private readonly children = new Map<string, SchemaNode>();
  private element?: SchemaNode;

  constructor(
    private readonly ref: TypeRef,
    private readonly facts: FieldFacts | undefined,
  ) {
    this.shape = shapes[ref.form];
  }

  get scalar(): ScalarKind | undefined {
    return this.ref.form === 'scalar' ? scalarKind(this.ref.scalar) : undefined;
  }

  get typeName(): string | undefined {
    return this.ref.form === 'struct' ? this.ref.name : undefined;
  }

  get fieldNames(): readonly string[] {
    return this.ref.form === 'struct' ? [...typeFacts(this.ref.name).fields.keys()] : none;
  }

  field(name: string): SchemaNode | undefined {
    if (this.ref.form === 'map') return this.items;
    if (this.ref.form !== 'struct') return undefined;
    const known = this.children.get(name);
    if (known) return known;
    const facts = typeFacts(this.ref.name).fields.get(name);
    if (!facts) return undefined;
    const child = new TypeNode(facts.type, facts);
    this.children.set(name, child);
    return child;
  }

  isRequired(name: string): boolean {
    return this.ref.form === 'struct' && typeFacts(this.ref.name).fields.get(name)?.required === true;
  }

  get preservesUnknownFields(): boolean {
    return this.shape === 'any';
  }

  get items(): SchemaNode | undefined {
    if (this.ref.form !== 'list' && this.ref.form !== 'map') return undefined;
    return (this.element ??= new TypeNode(this.ref.of, undefined));
  }

  get patchStrategies(): readonly PatchStrategy[] {
    return (this.facts?.patchStrategy?.split(',') as PatchStrategy[] | undefined) ?? none;
  }

  get patchMergeKey(): string | undefined {
    return this.facts?.patchMergeKey;
  }

  get listType(): 'atomic' | 'set' | 'map' {
    return this.facts?.listType ?? 'atomic';
  }

  get listMapKeys(): readonly string[] {
    return this.facts?.listMapKeys ?? none;
  }

  get mapType(): 'granular' | 'atomic' {
    if (this.facts?.mapType) return this.facts.mapType;
    return this.ref.form === 'struct' && typeFacts(this.ref.name).atomic ? 'atomic' : 'granular';
  }

  get defaultValue(): unknown {
    return this.facts?.defaultValue;
  }

  get emptyValue(): unknown {
    if (!this.facts) return undefined;
    const { pointer, omitEmpty, omitZero } = this.facts;
    if (omitZero || (pointer && omitEmpty)) return undefined;
    if (pointer) return null;
    if (this.shape === 'object') return {};
    const structLike = this.shape === 'scalar' && this.scalar !== undefined ? emptyStructs[this.scalar] : undefined;
    if (structLike !== undefined) return structLike;
    if (omitEmpty) return undefined;
    return this.shape === 'scalar' && this.scalar !== undefined ? emptyScalars[this.scalar] : null;
  }

  get keepsEmpty(): boolean {
    return this.facts?.pointer === true;
  }

  get enumValues(): readonly string[] | undefined {
    return this.facts?.enumValues;
  }
}

const roots = new Map<string, SchemaNode>();

/** The schema of a struct of the built-in API, by its OpenAPI name. @throws Error for an unknown name. */
export function typeNode(name: string): SchemaNode {
  const known = roots.get(name);
  if (known) return known;
  typeFacts(name);
  const node = new TypeNode(parseTypeRef(name), undefined);
  roots.set(name, node);
  return node;
}

/** The schema of a built-in kind; undefined if the API has none of that name. */
export function kindNode({
  group,
  version,
  kind,
}: {
  group: string;
  version: string;
  kind: string;
}): SchemaNode | undefined {
  const name = kindType(group, version, kind);
  return name === undefined ? undefined : typeNode(name);
}
