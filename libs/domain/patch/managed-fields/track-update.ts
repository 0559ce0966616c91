import { deepEqual } from '../../api/deep-equal.js';
import type { KubeObject, ManagedFieldsEntry } from '../../api/kube-object.js';
import type { SchemaNode } from '../../schema/schema-node.js';
import { changedFields, compareStates, excluding, isSame, type Comparison } from '../structured/compare.js';
import { fieldsBeyond } from '../structured/every-field.js';
import {
  difference,
  emptySet,
  isEmptySet,
  recursiveDifference,
  union,
  type FieldSet,
} from '../structured/field-set.js';
import {
  decodeManagers,
  encodeManagers,
  identityOf,
  withManagedFields,
  type Managers,
  type Ownership,
} from './managers.js';
import { ownable, withoutManagedFields } from './stripped-fields.js';

/** Who writes, and under which schema. `now` is RFC 3339 with seconds; no schema: a custom resource whose lists are atomic. */
export interface WriterContext {
  readonly manager: string;
  readonly apiVersion: string;
  /** Empty for the main resource. */
  readonly subresource?: string;
  readonly now: string;
  readonly schema?: SchemaNode;
  /** What this endpoint ignores in requests (status on the main resource); nobody comes to own it through it. */
  readonly resetFields?: FieldSet;
}

const maxUpdateManagers = 10;

/**
 * Notes in managedFields who changed what by a create (no `live`), update or patch: what `next` adds or changes moves to the writer, what it drops
 * is nobody's. Returns `live` itself if nothing but the resourceVersion differs, so that neither it nor any time moves. Pure.
 */
export function trackUpdate<T extends KubeObject>(live: T | undefined, next: T, writer: WriterContext): T {
  if (live !== undefined && isUnchanged(live, next)) return live;
  if (live === undefined && next.metadata.managedFields === undefined) return withCreator(next, writer);
  const managers = managersBefore(live, next, writer.subresource !== undefined && writer.subresource !== '');
  if (managers.size === 0 && live !== undefined) return withManagedFields(next, undefined);
  const tracked = updatedManagers(managers, live === undefined ? undefined : withoutManagedFields(live), next, writer);
  return withManagedFields(next, encodeManagers(tracked));
}

/** Whether a write leaves all as it is; an absent resourceVersion or managedFields asks for no change. */
function isUnchanged(live: KubeObject, next: KubeObject): boolean {
  if (!sameContent(live, next)) return false;
  const { resourceVersion: _live, managedFields: before, ...liveMeta } = live.metadata;
  const { resourceVersion: _next, managedFields: after, ...nextMeta } = next.metadata;
  return (after === undefined || deepEqual(before, after)) && deepEqual(liveMeta, nextMeta);
}

/** Whether all but the metadata is the same. The last field first: the status, or the spec of what has none, which most writes are about. */
function sameContent(a: KubeObject, b: KubeObject): boolean {
  for (const name of Object.keys(b).reverse()) if (name !== 'metadata' && !deepEqual(a[name], b[name])) return false;
  for (const name in a) if (a[name] !== undefined && b[name] === undefined) return false;
  return true;
}

/** The request's own managedFields if it brings any (they may be edited by hand), else the live ones. */
function managersBefore(live: KubeObject | undefined, next: KubeObject, ignoreRequest: boolean): Managers {
  const ofLive = (): Managers => decodeManagers(live?.metadata.managedFields) ?? new Map<string, Ownership>();
  const given = next.metadata.managedFields;
  if (ignoreRequest || given === undefined) return ofLive();
  if (isReset(given)) return new Map();
  const decoded = decodeManagers(given);
  return decoded === undefined || decoded.size === 0 ? ofLive() : decoded;
}

/** `[]` or `[{}]` asks for ownership to be forgotten. */
const isReset = (entries: readonly ManagedFieldsEntry[]): boolean =>
  entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0);

const zeroObject = { metadata: {} };

/** A new object of which nobody owns anything yet: all that it says is its creator's. */
function withCreator<T extends KubeObject>(object: T, writer: WriterContext): T {
  const { schema, resetFields = emptySet } = writer;
  const said = fieldsBeyond(schema, zeroObject, object) ?? emptySet;
  const fields = ownable(recursiveDifference(said, resetFields));
  if (isEmptySet(fields)) return object;
  const self = updaterOf(writer);
  return withManagedFields(
    object,
    encodeManagers(new Map([[identityOf(self), { ...self, fields, time: writer.now }]])),
  );
}

const updaterOf = ({ manager, apiVersion, subresource = '' }: WriterContext) => ({
  manager: manager === '' ? 'unknown' : manager,
  operation: 'Update' as const,
  apiVersion,
  subresource,
});

/** The managers after an update from `live` (undefined: nothing existed) to `next`. */
export function updatedManagers(
  managers: Managers,
  live: KubeObject | undefined,
  next: KubeObject,
  writer: WriterContext,
): Managers {
  const { now, schema, resetFields = emptySet } = writer;
  const comparison = excluding(compareStates(schema, live ?? zeroObject, withoutManagedFields(next)), resetFields);
  if (isSame(comparison)) return managers;
  const gained = recursiveDifference(ownable(changedFields(comparison)), resetFields);
  const after = new Map(yielding(managers, comparison));
  if (isEmptySet(gained)) return after;
  const self = updaterOf(writer);
  const id = identityOf(self);
  after.set(id, { ...self, fields: union(after.get(id)?.fields ?? emptySet, gained), time: now });
  return capped(after);
}

/** What managers still own after others' changes: not what was changed by somebody else, nor what is gone. Empty ones drop out. */
export function yielding(managers: Managers, comparison: Comparison): Map<string, Ownership> {
  const lost = union(changedFields(comparison), comparison.removed);
  const left = new Map<string, Ownership>();
  for (const [id, ownership] of managers) {
    const fields = difference(ownership.fields, lost);
    if (!isEmptySet(fields))
      left.set(id, fields === ownership.fields ? ownership : { ...ownership, fields, entry: undefined });
  }
  return left;
}

const seconds = (time: string | undefined): number => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000));

/** At most ten updaters: the oldest of a version are merged into `ancient-changes`. */
function capped(managers: Map<string, Ownership>): Map<string, Ownership> {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  let excess = updaters.length - maxUpdateManagers;
  if (excess <= 0) return managers;
  updaters.sort(([a, one], [b, other]) => seconds(one.time) - seconds(other.time) || (a < b ? -1 : 1));
  const firstOf = new Map<string, string>();
  for (const [id, ownership] of updaters) {
    if (excess <= 0) break;
    const first = firstOf.get(ownership.apiVersion);
    if (first === undefined) {
      firstOf.set(ownership.apiVersion, id);
      continue;
    }
    const ancient = { ...ownership, manager: 'ancient-changes', subresource: '', entry: undefined };
    const bucket = identityOf(ancient);
    const earlier = managers.get(bucket) ?? managers.get(first);
    if (!managers.has(bucket)) managers.delete(first);
    managers.delete(id);
    managers.set(bucket, { ...ancient, fields: union(earlier?.fields ?? emptySet, ownership.fields) });
    excess--;
  }
  return managers;
}

/** The live object if `next` differs from it at most in resourceVersion and in the times of managedFields; else `next`. To be asked last, before the write. */
export function settled<T extends KubeObject>(live: T, next: T): T {
  if (!sameContent(live, next)) return next;
  const timeless = ({ resourceVersion: _revision, managedFields, ...metadata }: KubeObject['metadata']): unknown => ({
    metadata,
    managedFields: managedFields?.map(({ time: _time, ...entry }) => entry),
  });
  return deepEqual(timeless(live.metadata), timeless(next.metadata)) ? live : next;
}
