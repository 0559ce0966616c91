import type { KubeObject } from '../../api/kube-object.js';
import { compareStates } from '../structured/compare.js';
import { difference, emptySet, type FieldSet } from '../structured/field-set.js';
import { isMap, type Json } from '../structured/merge-type.js';
import { fieldsOf } from '../structured/to-field-set.js';
import type { WriterContext } from './track-update.js';

/** Where kubectl's client-side apply keeps what it applied last. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** All annotations together may have this many bytes. */
const maxAnnotationBytes = 256 * 1024;

function parsedMap(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The fields that client-side apply set and that still are as it set them. Empty without a usable annotation. */
export function lastAppliedFields(live: KubeObject, { apiVersion, schema }: WriterContext): FieldSet {
  const lastApplied = parsedMap(live.metadata.annotations?.[lastAppliedAnnotation] ?? '');
  if (!isMap(lastApplied) || lastApplied['apiVersion'] !== apiVersion) return emptySet;
  const { added, modified, removed } = compareStates(schema, lastApplied, live);
  return [modified, added, removed].reduce(difference, fieldsOf(schema, lastApplied));
}

/** JSON with sorted keys, as Go prints maps. */
function sortedJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as Json[]).map(sortedJson).join(',')}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${sortedJson(value[key])}`)
    .join(',')}}`;
}

const sizeOf = (annotations: Readonly<Record<string, string>>): number =>
  Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);

/** Keeps the annotation in step with server-side apply, so that a return to client-side apply sees the truth. Nothing if the object has none. */
export function refreshLastApplied(object: KubeObject, applied: KubeObject): KubeObject {
  const annotations = object.metadata.annotations;
  if (annotations === undefined || (annotations[lastAppliedAnnotation] ?? '') === '') return object;
  const { [lastAppliedAnnotation]: _own, ...stated } = applied.metadata.annotations ?? {};
  const configuration = {
    ...applied,
    metadata: { ...applied.metadata, annotations: Object.keys(stated).length === 0 ? undefined : stated },
  };
  const { [lastAppliedAnnotation]: _old, ...others } = annotations;
  const refreshed = { ...others, [lastAppliedAnnotation]: `${sortedJson(configuration)}\n` };
  return {
    ...object,
    metadata: { ...object.metadata, annotations: sizeOf(refreshed) > maxAnnotationBytes ? others : refreshed },
  };
}
