import type { KubeObject } from '@shiplog/domain';
import type { ApiClient, Cause, Change, Lister, NewCoreEvent, ResourceType } from '@shiplog/client';
import type { Plan } from './plan.js';

/** The caches. Only kinds that the controller reconciles, watches or reads can be read. */
export type Read = <T extends KubeObject>(type: ResourceType<T>) => Lister<T>;

/** Which keys of the reconciled kind a change of another kind concerns. Build with `watch`. */
export interface Watch {
  readonly type: ResourceType;
  keysOf(change: Change, read: Read): Iterable<string>;
}

export const watch = <T extends KubeObject>(
  type: ResourceType<T>,
  keysOf: (change: Change<T>, read: Read) => Iterable<string>,
): Watch => ({ type, keysOf: (change, read) => keysOf(change as Change<T>, read) });

interface ControllerFacts<T extends KubeObject> {
  /** `deployment-controller`: it acts as the ServiceAccount of that name in kube-system, and its events say so. */
  readonly name: string;
  /** The ServiceAccount, where its name is another one. */
  readonly serviceAccount?: string;
  readonly reconciles: ResourceType<T>;
  readonly watches?: readonly Watch[];
  /** Kinds that are only looked up. */
  readonly reads?: readonly ResourceType[];
  readonly workers?: number;
  /** Another source of dirty keys than caches of kinds; returns how to end it. */
  marks?(mark: (key: string, cause: Cause | undefined) => void): () => void;
}

/** A control loop that decides: the runtime observes, asks for a plan, and carries it out. */
export interface Controller<T extends KubeObject = KubeObject, World = unknown> extends ControllerFacts<T> {
  /** What must be known of the object to decide. From the caches only; changes nothing. */
  observe(object: T, read: Read): World;
  /** The same for a key without object; undefined (the default): nothing to do. */
  observeAbsent?(name: { readonly namespace: string; readonly name: string }, read: Read): World | undefined;
  /** What to do. Pure: same world and time, same plan. */
  decide(world: World, now: Date): Plan;
}

/** What a reconciling controller may use: everything it writes must carry `cause`. */
export interface Reconciliation {
  readonly key: string;
  readonly cause?: Cause;
  readonly actAs: string;
  readonly client: ApiClient;
  readonly read: Read;
  tell(event: NewCoreEvent): void;
  /** Carries out a plan as for a deciding controller. `object` is what its status and notices are about. */
  carryOut(plan: Plan, object?: KubeObject): Promise<void>;
}

/** Escape hatch for work that is no plan, such as talking to the API in between. Throw to be called again after a backoff. */
export interface ReconcilingController<T extends KubeObject = KubeObject> extends ControllerFacts<T> {
  reconcile(work: Reconciliation, signal: AbortSignal): Promise<{ readonly requeueAfterMs?: number } | void>;
}

/** The one place where World is given up: lists of controllers. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyController = Controller<any, any> | ReconcilingController<any>;

/** Marks a controller for type inference. */
export const defineController = <T extends KubeObject, World>(controller: Controller<T, World>): Controller<T, World> =>
  controller;

export const defineReconciler = <T extends KubeObject>(
  controller: ReconcilingController<T>,
): ReconcilingController<T> => controller;

/** Keys of the objects of `type` that control the changed object, now or before the change. */
export const controllersOf =
  (type: ResourceType) =>
  ({ current, previous }: Change): string[] => [
    ...new Set([current, previous].flatMap((item) => (item ? controllerKeys(item.object, type) : []))),
  ];

function controllerKeys({ metadata }: KubeObject, type: ResourceType): string[] {
  const apiGroup = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');
  return (metadata.ownerReferences ?? [])
    .filter((owner) => owner.controller && owner.kind === type.kind && apiGroup(owner.apiVersion) === type.group)
    .map(({ name }) => (metadata.namespace ? `${metadata.namespace}/${name}` : name));
}
