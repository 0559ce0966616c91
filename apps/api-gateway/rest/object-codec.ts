import type { AnyResource, KubeObject, SchemaNode } from '@shiplog/domain';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface Decoded {
  readonly object: KubeObject;
  /** Texts for Warning headers: unknown and duplicate fields. */
  readonly warnings: readonly string[];
}

/** Request bodies and patched objects on their way to an object of a kind: typed, checked, defaulted. */
export interface ObjectCodec {
  /** A body (JSON, YAML or protobuf) as an object of the kind. @throws StatusError 400 or 415 */
  decode(resource: AnyResource, body: Buffer, contentType: string, validation: FieldValidation): Decoded;
  /** JSON data (a patch's result) as an object of the kind. @throws StatusError 400 or 422 */
  convert(resource: AnyResource, data: unknown, validation: FieldValidation): Decoded;
  /** JSON or YAML text as data, whatever it says. @throws BadRequest saying where it cannot be read, or which keys of YAML that must be unique are not. */
  parse(text: string, contentType: 'application/json' | 'application/yaml', keys?: 'any' | 'unique'): unknown;
  /** What merging and applying must know of the kind; undefined for one without a schema. */
  schemaOf(resource: AnyResource): SchemaNode | undefined;
}
