import { deepEqual } from '../../api/deep-equal.js';
import type { KubeObject } from '../../api/kube-object.js';
import { badRequest, StatusError } from '../../api/status-error.js';
import { parseApiVersion } from '../../api/group-version.js';
import type { SchemaNode } from '../../schema/schema-node.js';
import { changedFields, compareStates, excluding } from '../structured/compare.js';
import {
  difference,
  emptySet,
  intersection,
  isEmptySet,
  recursiveDifference,
  union,
  type FieldSet,
} from '../structured/field-set.js';
import { mergeStates } from '../structured/merge.js';
import type { Json } from '../structured/merge-type.js';
import { withoutFields, withoutNewNulls } from '../structured/remove.js';
import { fieldsOf, withNamedFields } from '../structured/to-field-set.js';
import { problemText, typeProblems } from '../structured/validate.js';
import { applyConflictError, type ApplyConflict } from './apply-conflict.js';
import { lastAppliedFields, refreshLastApplied } from './last-applied.js';
import {
  decodeManagers,
  encodeManagers,
  identityOf,
  withManagedFields,
  type Managers,
  type Ownership,
} from './managers.js';
import { ownable, withoutManagedFields } from './stripped-fields.js';
import { settled, updatedManagers, yielding, type WriterContext } from './track-update.js';

export interface ApplyContext extends WriterContext {
  readonly kind: string;
  /** As the request's body states it, for messages; the applied object's own by default. */
  readonly statedNamespace?: string;
  readonly force: boolean;
}

/** kubectl's own server-side apply may take over what its client-side apply had set. */
const kubectl = 'kubectl';

/**
 * Server-side apply: lays `applied` over `live` (undefined: create), removes what the applier stated before and states no more, and notes who owns
 * what. Returns `live` itself if nothing changes. The caller defaults and validates the result. Pure.
 * @throws StatusError Conflict naming each field that another manager owns, unless forced; 500 for a configuration of the wrong form.
 */
export function serverSideApply(live: KubeObject | undefined, applied: KubeObject, writer: ApplyContext): KubeObject {
  assertApplicable(applied, writer);
  const before = withoutManagedFields(live ?? emptyObject(applied));
  const managers = managersToStart(live, before, writer);
  const outcome = applyOnce(before, applied, managers, writer);
  const accepted =
    outcome.conflicts.length === 0 || writer.force ? outcome : takeOverFromKubectl(outcome, before, writer);
  const object = writer.manager === kubectl ? refreshLastApplied(accepted.object, applied) : accepted.object;
  const next = withManagedFields(object, encodeManagers(accepted.managers));
  return live === undefined ? next : settled(live, next);
}

function assertApplicable(applied: KubeObject, { apiVersion, kind, schema, statedNamespace }: ApplyContext): void {
  const { group, version } = parseApiVersion((applied.apiVersion as string | undefined) ?? '');
  const type = `${group}/${version}, Kind=${(applied.kind as string | undefined) ?? ''}`;
  if (applied.apiVersion !== apiVersion || applied.kind !== kind) throw badRequest(`invalid object type: ${type}`);
  const { namespace = '', name = '', managedFields } = applied.metadata;
  if (managedFields !== undefined && managedFields !== null) throw badRequest('metadata.managedFields must be nil');
  const problems = typeProblems(schema, applied);
  if (problems.length === 0) return;
  throw failure(
    `failed to create typed patch object (${statedNamespace ?? namespace}/${name}; ${type}): ${problemText(problems)}`,
  );
}

/** The reference answers 500 to configurations of the wrong form; clients depend on the code. */
const failure = (message: string): StatusError => new StatusError(500, 'Unknown', message);

const emptyObject = ({ apiVersion, kind }: KubeObject): KubeObject => ({ apiVersion, kind, metadata: {} });

/** Fields that were there before anybody's ownership was tracked belong to `before-first-apply`. */
function managersToStart(live: KubeObject | undefined, before: KubeObject, writer: ApplyContext): Managers {
  const managers = decodeManagers(live?.metadata.managedFields);
  if (managers === undefined) throw failure('failed to decode managed fields');
  if (managers.size > 0 || live === undefined) return managers;
  return updatedManagers(managers, undefined, before, { ...writer, manager: 'before-first-apply' });
}

interface ApplyOutcome {
  readonly object: KubeObject;
  readonly managers: Managers;
  readonly conflicts: readonly ApplyConflict[];
}

function applyOnce(
  live: KubeObject,
  applied: KubeObject,
  managers: Managers,
  { manager, apiVersion, subresource = '', now, schema, resetFields = emptySet }: ApplyContext,
): ApplyOutcome {
  const self = { manager, operation: 'Apply' as const, apiVersion, subresource };
  const id = identityOf(self);
  const last = managers.get(id);
  const stated = recursiveDifference(fieldsOf(schema, applied), resetFields);
  const owners = new Map(managers).set(id, { ...self, fields: stated });
  const merged = mergeStates(schema, live, applied);
  const remaining = last === undefined ? merged : pruned(schema, merged, owners, last.fields);
  const comparison = excluding(compareStates(schema, live, remaining), resetFields);
  const object = withoutNewNulls(remaining, merged) as KubeObject;
  owners.delete(id);
  const left = yielding(owners, comparison);
  const changed = changedFields(comparison);
  const time = deepEqual(live, object) ? last?.time : now;
  const own = ownable(stated);
  if (!isEmptySet(own)) left.set(id, { ...self, fields: own, ...(time === undefined ? {} : { time }) });
  return { object, managers: left, conflicts: conflictsWith(owners, changed) };
}

const conflictsWith = (owners: ReadonlyMap<string, Ownership>, changed: FieldSet): ApplyConflict[] =>
  [...owners.values()].flatMap((owner) => {
    const fields = intersection(owner.fields, changed);
    return isEmptySet(fields) ? [] : [{ owner, fields }];
  });

/** Without what the applier stated last time, but with all that it states now or that others own, and with what it never owned. */
function pruned(schema: SchemaNode | undefined, merged: Json, owners: Managers, last: FieldSet): Json {
  if (isEmptySet(last)) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(schema, set);
  const lastNamed = named(last);
  const mergedFields = named(fieldsOf(schema, merged));
  const bare = withoutFields(schema, merged, lastNamed);
  const owned = [...owners.values()].reduce((all, { fields }) => union(all, fields), emptySet);
  const kept = union(named(fieldsOf(schema, bare)), named(owned));
  const withOwned = withoutFields(schema, merged, difference(mergedFields, kept));
  const dropped = difference(mergedFields, named(fieldsOf(schema, withOwned)));
  return withoutFields(schema, merged, intersection(dropped, lastNamed));
}

/** A conflict about what kubectl's client-side apply set is none: its annotation proves that the same person stated it. */
function takeOverFromKubectl(outcome: ApplyOutcome, live: KubeObject, writer: ApplyContext): ApplyOutcome {
  const allowed = writer.manager === kubectl ? lastAppliedFields(live, writer) : emptySet;
  const open = outcome.conflicts.flatMap(({ owner, fields }) => {
    const left = difference(fields, allowed);
    return isEmptySet(left) ? [] : [{ owner, fields: left }];
  });
  if (open.length > 0) throw applyConflictError(open);
  return outcome;
}
