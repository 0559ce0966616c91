import type { KubeObject, OwnerReference } from '@shiplog/domain';
import { nothing, patch, plan, remove, type Action, type Plan } from '@shiplog/controller-runtime';
import { asObject, type GraphObject } from '../../object-graph/object-graph.js';

/** An object with what its owner references lead to, and who refers to it. */
export interface GarbageWorld {
  readonly object: GraphObject;
  /** The owners that exist, by uid. */
  readonly owners: ReadonlyMap<string, GraphObject>;
  readonly dependents: readonly GraphObject[];
}

export const foreground = 'foregroundDeletion';
export const orphan = 'orphan';

const waitsForDependents = ({ isDeleting, finalizers }: GraphObject): boolean =>
  isDeleting && finalizers.includes(foreground);

/**
 * An owner is only what the reference says it is: of that kind and name, and in the same namespace or in none. A cluster-scoped object
 * cannot be owned from within a namespace; what claims so is left alone.
 */
function ownerOf({ object, owners }: GarbageWorld, reference: OwnerReference): GraphObject | 'absent' | 'unknowable' {
  const owner = owners.get(reference.uid);
  if (!owner) return 'absent';
  if (owner.type.kind !== reference.kind || owner.name !== reference.name) return 'absent';
  if (owner.namespace === '' || owner.namespace === object.namespace) return owner;
  return object.namespace === '' ? 'unknowable' : 'absent';
}

/** What becomes of an object that is being deleted with a policy, or whose owners are gone or going. Pure. */
export function planGarbage(world: GarbageWorld): Plan {
  const { object, dependents } = world;
  // Only when all are seen to be free may it go: a dependent that it left behind would be collected.
  if (object.isDeleting && object.finalizers.includes(orphan))
    return dependents.length > 0
      ? plan(...dependents.map((dependent) => disowned(dependent, [object.uid])))
      : plan(withoutFinalizer(object, orphan));
  if (waitsForDependents(object))
    return dependents.some((dependent) => blocks(dependent, object))
      ? nothing
      : plan(withoutFinalizer(object, foreground));
  if (object.isDeleting || object.owners.length === 0) return nothing;
  return collected(world);
}

const blocks = (dependent: GraphObject, owner: GraphObject): boolean =>
  dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === owner.uid && blockOwnerDeletion === true);

/** One living owner is enough to live; then only the others are struck off. */
function collected(world: GarbageWorld): Plan {
  const { object, dependents } = world;
  const found = object.owners.map((reference) => ({ reference, owner: ownerOf(world, reference) }));
  const isWaiting = (owner: GraphObject | 'absent' | 'unknowable'): boolean =>
    typeof owner === 'object' && waitsForDependents(owner);
  const absent = found.filter(({ owner }) => owner === 'absent').map(({ reference }) => reference.uid);
  const waiting = found.filter(({ owner }) => isWaiting(owner)).map(({ reference }) => reference.uid);
  if (absent.length + waiting.length < found.length) {
    const gone = [...absent, ...waiting];
    return gone.length === 0 ? nothing : plan(disowned(object, gone));
  }
  if (waiting.length > 0 && dependents.length > 0) {
    // Owners that wait for each other would wait for ever.
    const isCircle = dependents.some(waitsForDependents);
    return plan(isCircle && unblocking(object), deleted(object, 'Foreground'));
  }
  const policy = object.finalizers.includes(orphan)
    ? 'Orphan'
    : object.finalizers.includes(foreground)
      ? 'Foreground'
      : 'Background';
  return plan(deleted(object, policy));
}

const deleted = (object: GraphObject, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Action =>
  remove(object.type, asObject(object), { propagationPolicy, resourceVersion: object.resourceVersion });

const change = (object: GraphObject, metadata: Partial<KubeObject['metadata']> | { [field: string]: null }): Action =>
  patch(object.type, asObject(object), 'merge', {
    metadata: { uid: object.uid, resourceVersion: object.resourceVersion, ...metadata },
  });

function disowned(object: GraphObject, uids: readonly string[]): Action {
  const left = object.owners.filter(({ uid }) => !uids.includes(uid));
  return change(object, left.length > 0 ? { ownerReferences: left } : { ownerReferences: null });
}

const unblocking = (object: GraphObject): Action =>
  change(object, { ownerReferences: object.owners.map((owner) => ({ ...owner, blockOwnerDeletion: false })) });

function withoutFinalizer(object: GraphObject, name: string): Action {
  const left = object.finalizers.filter((finalizer) => finalizer !== name);
  return change(object, left.length > 0 ? { finalizers: left } : { finalizers: null });
}
