import table from './facts/api-facts.json' with { type: 'json' };
import { parseTypeRef, type TypeRef } from './type-ref.js';

/** What the API says about a field. The table's short keys are explained in facts/README.md. */
export interface FieldFacts {
  readonly name: string;
  readonly type: TypeRef;
  /** As Go's decoder names the type in errors, where that does not follow from `type`. */
  readonly goType?: string;
  readonly pointer: boolean;
  /** An empty value is left out when an object is written; otherwise it is written as null, 0, "" or false. */
  readonly omitEmpty: boolean;
  /** Also an empty struct or zero time is left out. */
  readonly omitZero: boolean;
  readonly required: boolean;
  /** Protobuf field number; absent where protobuf does not carry the field. */
  readonly proto?: number;
  /** The embedded struct that holds the field: its protobuf number and its Go name. */
  readonly embedded?: { readonly proto: number; readonly goName: string };
  readonly defaultValue?: unknown;
  readonly enumValues?: readonly string[];
  readonly elementEnum?: readonly string[];
  readonly format?: string;
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'granular' | 'atomic';
  /** Further OpenAPI extensions, as they are. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface TypeFacts {
  /** `io.k8s.api.core.v1.Pod` */
  readonly name: string;
  /** `v1.Pod` */
  readonly goName: string;
  /** Server-side apply replaces values of this type whole. */
  readonly atomic: boolean;
  /** In the order in which Go writes them. */
  readonly fields: ReadonlyMap<string, FieldFacts>;
  /** The same as a list, for those who walk every object of the type. */
  readonly fieldList: readonly FieldFacts[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface SubresourceFacts {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly kindGroup?: string;
  readonly kindVersion?: string;
  /** Name of the type that it reads and writes. */
  readonly type: string;
}

export interface ResourceFacts extends SubresourceFactsOwner {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly kindGroup?: string;
  readonly kindVersion?: string;
  readonly type: string;
}

interface SubresourceFactsOwner {
  readonly subresources: readonly SubresourceFacts[];
}

/** An API group and its served versions, the preferred one first. */
export interface GroupFacts {
  readonly name: string;
  readonly versions: readonly string[];
}

interface FieldLine {
  n: string;
  t: string;
  g?: string;
  p?: number;
  o?: number;
  r?: number;
  '#'?: number;
  via?: number;
  e?: string;
  d?: unknown;
  enum?: string[];
  elementEnum?: string[];
  format?: string;
  ps?: string;
  pk?: string;
  lt?: FieldFacts['listType'];
  lk?: string[];
  mt?: FieldFacts['mapType'];
  x?: Record<string, unknown>;
}

interface TypeLine {
  name: string;
  go: string;
  atomic?: boolean;
  fields: FieldLine[];
  extensions?: Record<string, unknown>;
}

type ResourceLine = Omit<ResourceFacts, 'namespaced' | 'shortNames' | 'categories' | 'subresources'> &
  Partial<Pick<ResourceFacts, 'namespaced' | 'shortNames' | 'categories' | 'subresources'>>;

const { kubernetesVersion, groups, resources, types } = table as unknown as {
  kubernetesVersion: string;
  groups: GroupFacts[];
  resources: ResourceLine[];
  types: TypeLine[];
};

const lines = new Map(types.map((line) => [line.name, line]));
const known = new Map<string, TypeFacts>();

const present = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

const fieldFacts = (line: FieldLine): FieldFacts => ({
  name: line.n,
  type: parseTypeRef(line.t),
  pointer: line.p === 1,
  omitEmpty: ((line.o ?? 0) & 1) !== 0,
  omitZero: ((line.o ?? 0) & 2) !== 0,
  required: line.r === 1,
  ...present('goType', line.g),
  ...present('proto', line['#']),
  ...present('embedded', line.e === undefined ? undefined : { proto: line.via ?? 0, goName: line.e }),
  ...present('defaultValue', line.d),
  ...present('enumValues', line.enum),
  ...present('elementEnum', line.elementEnum),
  ...present('format', line.format),
  ...present('patchStrategy', line.ps),
  ...present('patchMergeKey', line.pk),
  ...present('listType', line.lt),
  ...present('listMapKeys', line.lk),
  ...present('mapType', line.mt),
  ...present('extensions', line.x),
});

/** The facts of a struct by its OpenAPI name. Read from the table when first asked for. @throws Error for an unknown name. */
export function typeFacts(name: string): TypeFacts {
  const cached = known.get(name);
  if (cached) return cached;
  const line = lines.get(name);
  if (!line) throw new Error(`the API has no type ${name}`);
  const fieldList = line.fields.map(fieldFacts);
  const facts: TypeFacts = {
    name,
    goName: line.go,
    atomic: line.atomic === true,
    fields: new Map(fieldList.map((field) => [field.name, field])),
    fieldList,
    ...present('extensions', line.extensions),
  };
  known.set(name, facts);
  return facts;
}

export const typeNames = (): readonly string[] => types.map(({ name }) => name);

/** The Kubernetes version the table was made from, e.g. `v1.36.3`. */
export const apiVersionOfFacts = kubernetesVersion;

/** API groups as a server lists them; the core group first. */
export const servedGroups: readonly GroupFacts[] = groups;

/** Every resource served by default, in discovery order. */
export const servedResources: readonly ResourceFacts[] = resources.map((line) => ({
  namespaced: false,
  shortNames: [],
  categories: [],
  subresources: [],
  ...line,
}));

const resourceKey = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;
const byResource = new Map(servedResources.map((r) => [resourceKey(r.group, r.version, r.plural), r]));

export const resourceFacts = (gvr: { group: string; version: string; plural: string }): ResourceFacts | undefined =>
  byResource.get(resourceKey(gvr.group, gvr.version, gvr.plural));

const reversedGroups: Record<string, string> = {
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  'meta.k8s.io': 'io.k8s.apimachinery.pkg.apis.meta',
};

const typesOfKinds = new Map<string, string>();

function findKindType(group: string, version: string, kind: string): string | undefined {
  const folder = reversedGroups[group] ?? `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}`;
  const candidates = [`${folder}.${version}.${kind}`, `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`];
  return candidates.find((name) => lines.has(name));
}

/** Name of a built-in kind's type, e.g. ('apps', 'v1', 'Deployment') → io.k8s.api.apps.v1.Deployment; undefined if the API has none. */
export function kindType(group: string, version: string, kind: string): string | undefined {
  const key = `${group}/${version}/${kind}`;
  const known = typesOfKinds.get(key);
  if (known !== undefined) return known;
  const found = findKindType(group, version, kind);
  // What the API does not have is without number, and is not remembered.
  if (found !== undefined) typesOfKinds.set(key, found);
  return found;
}
