import type { KubeObject } from '../api/kube-object.js';
import type { Revision } from './revision.js';
import { textWithoutManagedFields } from './without-managed-fields.js';

const metadataOpening = Buffer.from('"metadata":{');

/**
 * The object as the log keeps it: JSON with kind, apiVersion and metadata first and without metadata.resourceVersion,
 * which is the sequence that the log gives it. Readers splice it in with `withResourceVersion`, without parsing.
 */
export function serializeObject({ kind, apiVersion, metadata, ...rest }: KubeObject): Buffer {
  const { resourceVersion: _ignored, ...meta } = metadata;
  return Buffer.from(JSON.stringify({ kind, apiVersion, metadata: meta, ...rest }));
}

/**
 * The bytes of a serialized object with its resourceVersion in place. Copies; parses nothing. Who keeps them allocates them: by default they are a
 * slice of Node's pool, all of which lives as long as they do.
 */
export function withResourceVersion(
  body: Uint8Array,
  revision: Revision,
  allocate: (length: number) => Buffer = Buffer.allocUnsafe,
): Buffer {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const at = bytes.indexOf(metadataOpening);
  if (at < 0) throw new Error('not a serialized object: no metadata');
  const splice = at + metadataOpening.length;
  const field = `"resourceVersion":"${revision}"${bytes[splice] === 0x7d ? '' : ','}`;
  const spliced = allocate(bytes.length + field.length);
  bytes.copy(spliced, 0, 0, splice);
  spliced.write(field, splice, 'latin1');
  bytes.copy(spliced, splice + field.length, splice);
  return spliced;
}

/** Parses a serialized object and gives it its resourceVersion. */
export function parseObject<T extends KubeObject = KubeObject>(body: Uint8Array, revision: Revision): T {
  const object = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as T;
  object.metadata.resourceVersion = revision.toString();
  return object;
}

/** The same for who only reads it: without metadata.managedFields. An update that lacks them leaves them as they are. */
export function parseForReading<T extends KubeObject = KubeObject>(body: Uint8Array, revision: Revision): T {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const object = JSON.parse(textWithoutManagedFields(bytes)) as T;
  object.metadata.resourceVersion = revision.toString();
  return object;
}
