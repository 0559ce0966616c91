import { servedResources, typeFacts, type FieldFacts, type TypeFacts } from '../schema/api-facts.js';
import type { GoScalar, TypeRef } from '../schema/type-ref.js';

/** A JSON object of an OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>;
export type OpenApiVersion = 'v2' | 'v3';

/** Type → field → what it is for; the empty field name is the type itself. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Scalars and free JSON that documents name as types of their own. */
const named: Partial<Record<string, string>> = {
  time: `${meta}.Time`,
  microTime: `${meta}.MicroTime`,
  duration: `${meta}.Duration`,
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  raw: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  fields: `${meta}.FieldsV1`,
  json: `${apiextensions}.JSON`,
  schemaOrBool: `${apiextensions}.JSONSchemaPropsOrBool`,
  schemaOrArray: `${apiextensions}.JSONSchemaPropsOrArray`,
  schemaOrStrings: `${apiextensions}.JSONSchemaPropsOrStringArray`,
};

export const patchType = `${meta}.Patch`;

const bothOf = (v3: Schema, v2: Schema): Record<OpenApiVersion, Schema> => ({ v3, v2 });
const same = (schema: Schema): Record<OpenApiVersion, Schema> => bothOf(schema, schema);

const namedSchemas: Readonly<Record<string, Record<OpenApiVersion, Schema> | undefined>> = {
  [`${meta}.Time`]: same({ description: 'A time in RFC 3339, to the second.', type: 'string', format: 'date-time' }),
  [`${meta}.MicroTime`]: same({
    description: 'A time in RFC 3339, to the microsecond.',
    type: 'string',
    format: 'date-time',
  }),
  [`${meta}.Duration`]: same({ description: 'A span of time such as 1h30m.', type: 'string' }),
  'io.k8s.apimachinery.pkg.api.resource.Quantity': bothOf(
    { description: 'An amount with a suffix: 100m, 2, 1Gi, 1e3.', oneOf: [{ type: 'string' }, { type: 'number' }] },
    { description: 'An amount with a suffix: 100m, 2, 1Gi, 1e3.', type: 'string' },
  ),
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': bothOf(
    {
      description: 'A number, or a name or percentage.',
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    },
    { description: 'A number, or a name or percentage.', type: 'string', format: 'int-or-string' },
  ),
  'io.k8s.apimachinery.pkg.runtime.RawExtension': same({ description: 'Any object.', type: 'object' }),
  [`${meta}.FieldsV1`]: same({ description: 'The fields that a manager owns, as a tree of keys.', type: 'object' }),
  [patchType]: same({ description: 'A patch in the form that its content type names.', type: 'object' }),
  [`${apiextensions}.JSON`]: same({ description: 'Any JSON value.' }),
  [`${apiextensions}.JSONSchemaPropsOrBool`]: same({ description: 'A JSON schema, or true or false.' }),
  [`${apiextensions}.JSONSchemaPropsOrArray`]: same({ description: 'A JSON schema, or a list of them.' }),
  [`${apiextensions}.JSONSchemaPropsOrStringArray`]: same({ description: 'A JSON schema, or a list of texts.' }),
};

const plainScalars: Partial<Record<GoScalar, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float64: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};
const zeros: Partial<Record<GoScalar, unknown>> = { string: '', bool: false, int32: 0, int64: 0, float64: 0 };

const referenced = (ref: TypeRef): string | undefined => {
  if (ref.form === 'struct') return ref.name;
  if (ref.form === 'scalar') return named[ref.scalar];
  if (ref.form === 'free') return named[ref.free];
  return ref.form === 'schemaOr' ? named[ref.or] : undefined;
};

/** group/version/kind of every kind, lists included, by the name of its type. */
const kinds = new Map<string, { group: string; version: string; kind: string }[]>();
for (const { group, version, kind, kindGroup, kindVersion, type, verbs, subresources } of servedResources) {
  const own = { group: kindGroup ?? group, version: kindVersion ?? version, kind };
  kinds.set(type, [own]);
  if (verbs.includes('list')) kinds.set(`${type}List`, [{ ...own, kind: `${kind}List` }]);
  for (const sub of subresources)
    kinds.set(sub.type, [{ group: sub.kindGroup ?? group, version: sub.kindVersion ?? version, kind: sub.kind }]);
}
for (const kind of [
  'Status',
  'DeleteOptions',
  'WatchEvent',
  'APIResourceList',
  'APIGroup',
  'APIGroupList',
  'APIVersions',
])
  kinds.set(`${meta}.${kind}`, [{ group: '', version: 'v1', kind }]);

/** Schemas of the API's types in one version of OpenAPI. */
export class ComponentSchemas {
  constructor(
    private readonly version: OpenApiVersion,
    private readonly descriptions: Descriptions,
  ) {}

  ref(name: string): Schema {
    return { $ref: `#/${this.version === 'v3' ? 'components/schemas' : 'definitions'}/${name}` };
  }

  /** The schemas of these types and of all that they lead to, by name. */
  reachableFrom(names: Iterable<string>): Record<string, Schema> {
    const found = new Map<string, Schema>();
    const pending = [...names];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (found.has(name)) continue;
      const special = namedSchemas[name];
      found.set(name, special ? special[this.version] : this.struct(typeFacts(name)));
      if (special) continue;
      for (const { type } of typeFacts(name).fields.values()) pending.push(...this.namesIn(type));
    }
    return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private namesIn(ref: TypeRef): string[] {
    if (ref.form === 'list' || ref.form === 'map') return this.namesIn(ref.of);
    const name = referenced(ref);
    return name === undefined ? [] : [name];
  }

  private struct({ name, fields, atomic, extensions }: TypeFacts): Schema {
    const all = [...fields.values()];
    const required = all.filter((field) => field.required).map((field) => field.name);
    const description = this.descriptions[name]?.[''];
    const kind = kinds.get(name);
    return {
      ...(description ? { description } : {}),
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      ...(all.length > 0
        ? {
            properties: Object.fromEntries(
              all.map((field) => [field.name, this.field(field, this.descriptions[name]?.[field.name])]),
            ),
          }
        : {}),
      ...(kind ? { 'x-kubernetes-group-version-kind': kind } : {}),
      ...(atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      ...extensions,
    };
  }

  private field(field: FieldFacts, description: string | undefined): Schema {
    const defaultValue = field.defaultValue ?? this.zeroDefault(field);
    const hasSiblings =
      description !== undefined || defaultValue !== undefined || (field.mapType ?? field.patchStrategy) !== undefined;
    return {
      ...(description ? { description } : {}),
      ...this.typed(field.type, field.elementEnum, hasSiblings),
      ...(field.format ? { format: field.format } : {}),
      ...(defaultValue === undefined || this.version === 'v2' ? {} : { default: defaultValue }),
      ...(field.enumValues ? { enum: field.enumValues } : {}),
      ...(field.listMapKeys ? { 'x-kubernetes-list-map-keys': field.listMapKeys } : {}),
      ...(field.listType ? { 'x-kubernetes-list-type': field.listType } : {}),
      ...(field.mapType ? { 'x-kubernetes-map-type': field.mapType } : {}),
      ...(field.patchMergeKey ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
      ...(field.patchStrategy ? { 'x-kubernetes-patch-strategy': field.patchStrategy } : {}),
      ...field.extensions,
    };
  }

  /** What a document states where Go has a zero value even if the client gives none. */
  private zeroDefault({ type, pointer, omitEmpty }: FieldFacts): unknown {
    if (pointer) return undefined;
    if (type.form === 'struct') return {};
    return type.form === 'scalar' && !omitEmpty ? zeros[type.scalar] : undefined;
  }

  private typed(ref: TypeRef, elementEnum: readonly string[] | undefined, hasSiblings: boolean): Schema {
    if (ref.form === 'list') return { type: 'array', items: this.element(ref.of, elementEnum) };
    if (ref.form === 'map') return { type: 'object', additionalProperties: this.element(ref.of, elementEnum) };
    const name = referenced(ref);
    if (name !== undefined)
      // In OpenAPI 3.0 nothing may stand beside $ref.
      return this.version === 'v3' && hasSiblings ? { allOf: [this.ref(name)] } : this.ref(name);
    return ref.form === 'scalar' ? (plainScalars[ref.scalar] ?? {}) : {};
  }

  private element(ref: TypeRef, values: readonly string[] | undefined): Schema {
    const zero = ref.form === 'struct' ? {} : ref.form === 'scalar' ? zeros[ref.scalar] : undefined;
    return {
      ...this.typed(ref, undefined, zero !== undefined),
      ...(zero === undefined || this.version === 'v2' ? {} : { default: zero }),
      ...(values ? { enum: values } : {}),
    };
  }
}
