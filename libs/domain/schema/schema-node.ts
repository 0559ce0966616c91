/** What a value may be: `any` is unstructured JSON (raw extensions, schemaless custom resources). */
export type Shape = 'object' | 'map' | 'list' | 'scalar' | 'any';

export type ScalarKind =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'quantity'
  | 'intOrString';

/** `retainKeys` comes along with `merge` (Deployment.spec.strategy) or alone. */
export type PatchStrategy = 'merge' | 'replace' | 'retainKeys';

/**
 * One place in a kind's schema, as merging, applying, defaulting and decoding see it: the type of the value together with what the field that holds it
 * says. Built-in kinds are served from the API facts (`typeNode`), custom resources from their OpenAPI schema. Immutable; nodes of recursive types are
 * made on demand, so compare nothing by identity.
 */
export interface SchemaNode {
  readonly shape: Shape;
  /** Of scalars only. */
  readonly scalar?: ScalarKind;
  /** Name of the declared type, for messages and for special cases: `io.k8s.api.core.v1.Container`. */
  readonly typeName?: string;

  /** The declared fields of an object, in their order; empty otherwise. */
  readonly fieldNames: readonly string[];
  /** The field's node; for a map the values' node whatever the name; undefined for a field that the schema does not know, and below `any`. */
  field(name: string): SchemaNode | undefined;
  isRequired(name: string): boolean;
  /** Undeclared fields of the object are kept (x-kubernetes-preserve-unknown-fields). */
  readonly preservesUnknownFields: boolean;
  /** What a list's elements or a map's values are. */
  readonly items?: SchemaNode;

  /** Strategic merge patch (patchStrategy, patchMergeKey). An empty strategy: maps and objects merge, lists and scalars are replaced. */
  readonly patchStrategies: readonly PatchStrategy[];
  readonly patchMergeKey?: string;

  /** Server-side apply. A list without a statement is atomic, a map or object granular. */
  readonly listType: 'atomic' | 'set' | 'map';
  readonly listMapKeys: readonly string[];
  readonly mapType: 'granular' | 'atomic';

  /** The constant that the schema gives to an absent value (key fields of list maps use it: Service ports' protocol is TCP). */
  readonly defaultValue?: unknown;
  /**
   * What the field holds while its parent is there and nobody has set it, as the API writes it: `{}` for an inner struct, null, '' or 0 where empty values are
   * written; undefined where they are left out.
   */
  readonly emptyValue?: unknown;
  readonly enumValues?: readonly string[];
  /** An empty value is told from an absent one (Go: a pointer). */
  readonly keepsEmpty?: boolean;
}
