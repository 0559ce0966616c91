import type { KubeObject } from '@shiplog/domain';
import type { DeleteOptions, PatchType, ResourceType } from '@shiplog/client';

/** An event for people, told about the reconciled object unless `about` says otherwise. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  /** `{name}` is the written object's name, `{error}` why it could not be written. */
  readonly message: string;
  readonly about?: KubeObject;
}

/** What is told about a write once its outcome is known. */
export interface Announcement {
  readonly done?: Notice;
  readonly failed?: Notice;
}

export interface CreateAction extends Announcement {
  readonly do: 'create';
  readonly type: ResourceType;
  readonly object: KubeObject;
}

/** Deletes that very object: its uid is a precondition, so a namesake made meanwhile is safe. */
export interface DeleteAction extends Announcement {
  readonly do: 'delete';
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly options?: Pick<DeleteOptions, 'gracePeriodSeconds' | 'propagationPolicy' | 'resourceVersion'>;
}

/** Patches an object, or one of its subresources. State a precondition (uid, resourceVersion) in the patch where it matters. */
export interface PatchAction extends Announcement {
  readonly do: 'patch';
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly patchType: PatchType;
  readonly patch: unknown;
  readonly subresource?: string;
}

/** Replaces an object as it was read: fails with a conflict if it has changed since. */
export interface UpdateAction extends Announcement {
  readonly do: 'update';
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly subresource?: string;
}

export interface TellAction {
  readonly do: 'tell';
  readonly notice: Notice;
}

export type WriteAction = CreateAction | DeleteAction | PatchAction | UpdateAction;
export type Action = WriteAction | TellAction;

/** The first write of a plan that failed. */
export interface Failure {
  readonly action: WriteAction;
  readonly message: string;
}

/** The status that the reconciled object should have; written after the actions, and only if it differs. */
export interface StatusUpdate {
  readonly status: object;
  /** Annotations that are written with the status, where the kind allows it. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The status to write instead when an action failed. */
  readonly ifFailed?: (failure: Failure) => object;
}

/**
 * What must be done. Actions run in order; neighbours of one sort run together (creates more and more of them, so that what cannot work
 * fails once and not a thousand times). After a failure the rest is left for the next look.
 */
export interface Plan {
  readonly actions: readonly Action[];
  readonly status?: StatusUpdate;
  /** Look again after this time even if nothing happens. */
  readonly requeueAfterMs?: number;
}

export const nothing: Plan = { actions: [] };

type PlanPart = Action | Plan | undefined | false;

const isAction = (part: Action | Plan): part is Action => 'do' in part;

/** One plan of many parts: actions in order, the last status, the earliest requeue. */
export function plan(...parts: readonly PlanPart[]): Plan {
  const plans = parts
    .filter((part) => part !== undefined && part !== false)
    .map((part) => (isAction(part) ? { actions: [part] } : part)) as Plan[];
  const status = plans.findLast((part) => part.status)?.status;
  const delays = plans.flatMap(({ requeueAfterMs }) => (requeueAfterMs === undefined ? [] : [requeueAfterMs]));
  return {
    actions: plans.flatMap(({ actions }) => actions),
    ...(status ? { status } : {}),
    ...(delays.length > 0 ? { requeueAfterMs: Math.min(...delays) } : {}),
  };
}

export const create = (type: ResourceType, object: KubeObject, announcement: Announcement = {}): CreateAction => ({
  do: 'create',
  type,
  object,
  ...announcement,
});

export const remove = (
  type: ResourceType,
  object: KubeObject,
  options?: DeleteAction['options'],
  announcement: Announcement = {},
): DeleteAction => ({ do: 'delete', type, object, ...(options ? { options } : {}), ...announcement });

export const patch = (
  type: ResourceType,
  object: KubeObject,
  patchType: PatchType,
  body: unknown,
  subresource?: string,
): PatchAction => ({ do: 'patch', type, object, patchType, patch: body, ...(subresource ? { subresource } : {}) });

export const update = (type: ResourceType, object: KubeObject, announcement: Announcement = {}): UpdateAction => ({
  do: 'update',
  type,
  object,
  ...announcement,
});

export const tell = (notice: Notice): TellAction => ({ do: 'tell', notice });

export const setStatus = (status: object, more: Omit<StatusUpdate, 'status'> = {}): Plan => ({
  actions: [],
  status: { status, ...more },
});

export const lookAgainAfter = (ms: number): Plan => ({ actions: [], requeueAfterMs: Math.max(ms, 1) });
