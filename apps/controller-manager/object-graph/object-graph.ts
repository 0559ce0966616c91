import type { KubeObject, OwnerReference, StreamName } from '@shiplog/domain';
import { resourceType, type Cause, type ObjectSink, type Recorded, type ResourceType } from '@shiplog/client';

/** What there is to know of an object of any kind without knowing the kind. */
export interface GraphObject {
  readonly type: ResourceType;
  readonly apiVersion: string;
  readonly name: string;
  /** Empty in cluster scope. */
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly isDeleting: boolean;
  readonly cause: Cause;
}

export interface GraphChange {
  readonly object: GraphObject;
  readonly previous?: GraphObject;
  readonly isGone: boolean;
  readonly cause: Cause;
}

const rememberedDeletions = 10_000;

const none: ReadonlyMap<string, GraphObject> = new Map();

/** Every object of the cluster, whatever its kind, by uid, by owner and by namespace. Follows the log; read-only. */
export class ObjectGraph {
  private readonly objects = new Map<string, GraphObject>();
  private readonly dependents = new Map<string, Map<string, GraphObject>>();
  private readonly namespaced = new Map<string, Map<string, GraphObject>>();
  private readonly listeners = new Set<(change: GraphChange) => void>();
  private readonly unsynced = new Set<StreamName>();
  private readonly synced = Promise.withResolvers<undefined>();
  private readonly deleted = new Set<string>();

  /** Resolves once every stream has been followed up to what was there at the start. */
  whenSynced(): Promise<void> {
    return this.synced.promise;
  }

  /** Whether the object was there and has been deleted; forgotten after a while. */
  wasDeleted(uid: string): boolean {
    return this.deleted.has(uid);
  }

  get(uid: string): GraphObject | undefined {
    return this.objects.get(uid);
  }

  all(): Iterable<GraphObject> {
    return this.objects.values();
  }

  dependentsOf(uid: string): GraphObject[] {
    return [...(this.dependents.get(uid) ?? none).values()];
  }

  inNamespace(namespace: string): GraphObject[] {
    return [...(this.namespaced.get(namespace) ?? none).values()];
  }

  onChange(listener: (change: GraphChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Where a stream's follower tells of its objects. */
  sink(stream: StreamName): ObjectSink {
    this.unsynced.add(stream);
    return {
      replace: (items) => this.replace(stream, items),
      put: (item) => this.put(item),
      remove: (item) => this.remove(item.object.metadata.uid ?? '', item.cause),
      reached: () => undefined,
      synced: () => {
        this.unsynced.delete(stream);
        if (this.unsynced.size === 0) this.synced.resolve(undefined);
      },
    };
  }

  private replace(stream: StreamName, items: readonly Recorded[]): void {
    const kept = new Set(items.map(({ object }) => object.metadata.uid));
    for (const item of items) this.put(item);
    for (const { uid, type, cause } of [...this.objects.values()])
      if (type.stream === stream && !kept.has(uid)) this.remove(uid, cause);
  }

  private put(item: Recorded): void {
    const object = graphObject(item);
    if (!object) return;
    const previous = this.objects.get(object.uid);
    if (previous) this.unlink(previous);
    this.objects.set(object.uid, object);
    for (const { uid } of object.owners) file(this.dependents, uid, object);
    if (object.namespace) file(this.namespaced, object.namespace, object);
    this.tell({ object, ...(previous ? { previous } : {}), isGone: false, cause: item.cause });
  }

  private remove(uid: string, cause: Cause): void {
    const object = this.objects.get(uid);
    if (!object) return;
    this.objects.delete(uid);
    this.unlink(object);
    this.deleted.add(uid);
    if (this.deleted.size > rememberedDeletions) this.deleted.delete(this.deleted.values().next().value ?? '');
    this.tell({ object, isGone: true, cause });
  }

  private unlink(object: GraphObject): void {
    for (const { uid } of object.owners) unfile(this.dependents, uid, object);
    unfile(this.namespaced, object.namespace, object);
  }

  private tell(change: GraphChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

function graphObject({ object, key, cause }: Recorded): GraphObject | undefined {
  const { metadata, apiVersion, kind } = object;
  if (!key || !metadata.uid) return undefined;
  const version = apiVersion.split('/').at(-1) ?? '';
  return {
    type: typeOf(key.group, key.group === '' && apiVersion.includes('/') ? 'v1' : version, kind, key.plural),
    apiVersion,
    name: key.name,
    namespace: key.namespace,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion ?? '',
    owners: metadata.ownerReferences ?? [],
    finalizers: metadata.finalizers ?? [],
    isDeleting: metadata.deletionTimestamp !== undefined,
    cause,
  };
}

const types = new Map<string, ResourceType>();

/** One type object a kind: there are many objects of each. */
function typeOf(group: string, version: string, kind: string, plural: string): ResourceType {
  const name = `${group}/${version}/${kind}/${plural}`;
  const type = types.get(name) ?? resourceType(group, version, kind, plural);
  types.set(name, type);
  return type;
}

/** The object as the plan's writes need it: its identity and what they change. */
export const asObject = ({ apiVersion, type, namespace, name, uid, resourceVersion }: GraphObject): KubeObject => ({
  apiVersion,
  kind: type.kind,
  metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion },
});

function file(index: Map<string, Map<string, GraphObject>>, key: string, object: GraphObject): void {
  const filed = index.get(key);
  if (filed) filed.set(object.uid, object);
  else index.set(key, new Map([[object.uid, object]]));
}

function unfile(index: Map<string, Map<string, GraphObject>>, key: string, object: GraphObject): void {
  const filed = index.get(key);
  filed?.delete(object.uid);
  if (filed?.size === 0) index.delete(key);
}
