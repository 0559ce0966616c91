import type { KubeObject, ObjectMeta } from '../api/kube-object.js';
import { conflict, invalidObject } from '../api/status-error.js';
import { invalid, type FieldError } from '../api/field-error.js';
import { FieldPath } from '../api/field-path.js';
import type { AnyResource } from '../resources/define-resource.js';
import { holdingNamespaceFinalizers } from './decide-update.js';
import { metaTime } from './decide-create.js';

/** metav1.DeleteOptions, as far as it decides what happens. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** `remove`: gone at once, as `object` last was. `mark`: stays as `object`, deleting. `pending`: is deleting already, nothing changes. */
export type DeleteDecision =
  | { readonly outcome: 'remove'; readonly object: KubeObject }
  | { readonly outcome: 'mark'; readonly object: KubeObject }
  | { readonly outcome: 'pending'; readonly object: KubeObject };

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/** @throws Invalid for options that contradict themselves. */
export function validateDeleteOptions({ orphanDependents, propagationPolicy }: DeleteOptions): void {
  const at = FieldPath.of('propagationPolicy');
  const errors: FieldError[] = [];
  if (propagationPolicy !== undefined && orphanDependents !== undefined)
    errors.push(invalid(at, propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (propagationPolicy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(propagationPolicy))
    errors.push({
      reason: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      message: `Unsupported value: ${JSON.stringify(propagationPolicy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    });
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
}

/** @throws Conflict if the client meant another object or another state of it. */
function checkPreconditions(resource: AnyResource, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const name = metadata.name ?? '';
  const kind = { group: resource.group, plural: resource.kind };
  if (preconditions?.uid !== undefined && preconditions.uid !== metadata.uid)
    throw conflict(
      kind,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== metadata.resourceVersion)
    throw conflict(
      kind,
      name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
}

/** What becomes of dependents: the options say, else a finalizer that is there, else the kind's default. */
function propagation(
  resource: AnyResource,
  options: DeleteOptions,
  finalizers: readonly string[],
): 'orphan' | 'foreground' | 'background' {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'orphan' : 'background';
  if (options.propagationPolicy === 'Orphan') return 'orphan';
  if (options.propagationPolicy === 'Foreground') return 'foreground';
  if (options.propagationPolicy === 'Background') return 'background';
  if (finalizers.includes(orphan)) return 'orphan';
  if (finalizers.includes(foreground)) return 'foreground';
  return resource.strategy.defaultPropagation ?? 'background';
}

/** The finalizers that hold the object: its own, and the one that the propagation needs. */
function finalizersFor(resource: AnyResource, options: DeleteOptions, finalizers: readonly string[]): string[] {
  const own = finalizers.filter((finalizer) => finalizer !== orphan && finalizer !== foreground);
  const policy = propagation(resource, options, finalizers);
  return policy === 'background' ? own : [...own, policy === 'orphan' ? orphan : foreground];
}

type Grace =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'graceful'; readonly seconds: number; readonly deletionTimestamp: string };

/** How long the object may take to stop. While it is deleting, a period can only get shorter. */
function graceOf(resource: AnyResource, object: KubeObject, options: DeleteOptions, now: Date): Grace {
  const { gracePeriodSeconds } = resource.strategy;
  if (!gracePeriodSeconds) return { kind: 'none' };
  const asked =
    options.gracePeriodSeconds !== undefined && options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds;
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  if (deletionTimestamp === undefined) {
    const seconds = gracePeriodSeconds(object, asked);
    if (seconds === undefined) return { kind: 'none' };
    return { kind: 'graceful', seconds, deletionTimestamp: metaTime(new Date(now.getTime() + seconds * 1000)) };
  }
  const running =
    deletionGracePeriodSeconds !== undefined && deletionGracePeriodSeconds < 0 ? 1 : (deletionGracePeriodSeconds ?? 0);
  if (running === 0) return { kind: 'none' };
  if (asked === undefined || asked >= running) return { kind: 'pending' };
  const due = Date.parse(deletionTimestamp) + (asked - running) * 1000;
  return due < now.getTime()
    ? { kind: 'graceful', seconds: asked === 0 ? 0 : 1, deletionTimestamp: metaTime(now) }
    : { kind: 'graceful', seconds: asked, deletionTimestamp: metaTime(new Date(due)) };
}

/** What a DELETE of a stored object leads to. Pure; never changes `current`. @throws Conflict or Invalid. */
export function decideDelete(
  resource: AnyResource,
  current: KubeObject,
  options: DeleteOptions,
  now: Date,
): DeleteDecision {
  validateDeleteOptions(options);
  checkPreconditions(resource, current, options);
  if (holdingNamespaceFinalizers(current).length > 0) return terminateNamespace(current, options, resource, now);
  const grace = graceOf(resource, current, options, now);
  if (grace.kind === 'pending') return { outcome: 'pending', object: current };
  const finalizers = finalizersFor(resource, options, current.metadata.finalizers ?? []);
  const held = finalizers.length > 0;
  const metadata: ObjectMeta = { ...current.metadata };
  if (held) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (grace.kind === 'graceful') {
    if (metadata.deletionTimestamp === undefined && metadata.generation) metadata.generation += 1;
    metadata.deletionTimestamp = grace.deletionTimestamp;
    metadata.deletionGracePeriodSeconds = grace.seconds;
    const object = { ...current, metadata };
    return held || grace.seconds > 0 ? { outcome: 'mark', object } : { outcome: 'remove', object };
  }
  return held
    ? { outcome: 'mark', object: { ...current, metadata: markedNow(metadata, now) } }
    : { outcome: 'remove', object: { ...current, metadata } };
}

function markedNow(metadata: ObjectMeta, now: Date): ObjectMeta {
  const { deletionTimestamp, generation } = metadata;
  const keeps = deletionTimestamp !== undefined && Date.parse(deletionTimestamp) <= now.getTime();
  return {
    ...metadata,
    ...(deletionTimestamp === undefined && generation ? { generation: generation + 1 } : {}),
    deletionTimestamp: keeps ? deletionTimestamp : metaTime(now),
    deletionGracePeriodSeconds: 0,
  };
}

/** A namespace that still holds things terminates first; its finalizers go when it is empty. */
function terminateNamespace(
  current: KubeObject,
  options: DeleteOptions,
  resource: AnyResource,
  now: Date,
): DeleteDecision {
  if (current.metadata.deletionTimestamp !== undefined) return { outcome: 'pending', object: current };
  const finalizers = finalizersFor(resource, options, current.metadata.finalizers ?? []);
  return {
    outcome: 'mark',
    object: {
      ...current,
      metadata: {
        ...current.metadata,
        deletionTimestamp: metaTime(now),
        ...(finalizers.length > 0 ? { finalizers } : {}),
      },
      status: { ...(current['status'] as object | undefined), phase: 'Terminating' },
    },
  };
}
