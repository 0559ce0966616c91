import { alreadyExists, conflict, modifiedConflict, notFound, type KubeObject } from '@shiplog/domain';
import {
  Informers,
  type ApiClient,
  type DeleteOptions,
  type KubeList,
  type ObjectRef,
  type ObjectSink,
  type ObjectSource,
  type PatchType,
  type Recorded,
  type ResourceRef,
  type ResourceType,
  type WriteOptions,
} from '@shiplog/client';

interface Delivery {
  readonly group: string;
  readonly plural: string;
  readonly item: Recorded;
  readonly isDelete: boolean;
}

/** One write as it reached the API. */
export interface MemoryWrite {
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly plural: string;
  readonly object: KubeObject;
  readonly options: WriteOptions;
}

/**
 * The API's storage rules in a few lines of memory, for tests of controllers: revisions, uids, conflicts, graceful deletion of pods,
 * finalizers. Knows no defaults, validation or admission. Caches learn of changes when the test delivers them, so that it can let
 * them lag.
 */
export class MemoryApi implements ApiClient {
  readonly writes: MemoryWrite[] = [];
  private readonly objects = new Map<string, { ref: ResourceRef; object: KubeObject }>();
  private readonly sinks: { type: ResourceType; sink: ObjectSink }[] = [];
  private readonly undelivered: Delivery[] = [];
  private revision = 0n;

  constructor(private readonly now: () => Date = () => new Date(0)) {}

  /** Caches of this API. They see nothing before it is delivered. */
  readonly informers = new Informers((type) => this.source(type));

  /** What the caches do not know yet. */
  get pending(): number {
    return this.undelivered.length;
  }

  /** Tells the caches of the next change, or the given number of them. */
  deliver(count = this.undelivered.length): void {
    for (const { group, plural, item, isDelete } of this.undelivered.splice(0, count)) {
      for (const { type, sink } of this.sinks)
        if (type.group === group && type.plural === plural) {
          if (isDelete) sink.remove(item);
          else sink.put(item);
        }
      for (const { sink } of this.sinks) {
        sink.reached(item.revision);
        sink.synced();
      }
    }
    if (this.undelivered.length === 0) for (const { sink } of this.sinks) sink.synced();
  }

  /** All stored objects of a kind, as they are now. */
  all<T extends KubeObject>(type: ResourceType<T>): T[] {
    return this.stored(type) as T[];
  }

  get<T extends KubeObject>(ref: ObjectRef): Promise<T> {
    return attempt(() => structuredClone(this.found(ref)) as T);
  }

  list<T extends KubeObject>(ref: ResourceRef): Promise<KubeList<T>> {
    const items = (this.stored(ref) as T[]).filter(
      ({ metadata }) => !ref.namespace || metadata.namespace === ref.namespace,
    );
    const metadata = { resourceVersion: this.revision.toString() };
    return Promise.resolve({ apiVersion: ref.version, kind: 'List', metadata, items });
  }

  create<T extends KubeObject>(
    ref: ResourceRef & { name?: string; subresource?: string },
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<T> {
    return attempt(() => {
      const { generateName, ...metadata } = object.metadata;
      const name = metadata.name ?? `${generateName}${(this.revision + 1n).toString(36).padStart(5, 'x')}`;
      const namespace = ref.namespace || undefined;
      const full: ObjectRef = { ...ref, namespace, name };
      if (this.objects.has(keyOf(full))) throw alreadyExists(ref, name);
      const created = {
        ...structuredClone(object),
        metadata: {
          ...structuredClone(metadata),
          name,
          ...(generateName ? { generateName } : {}),
          ...(namespace ? { namespace } : {}),
          uid: `uid-${this.revision + 1n}`,
          creationTimestamp: `${this.now().toISOString().slice(0, 19)}Z`,
          ...('spec' in object ? { generation: 1 } : {}),
        },
      };
      return this.store('create', full, created, options) as T;
    });
  }

  update<T extends KubeObject>(ref: ObjectRef, object: T, options: WriteOptions = {}): Promise<T> {
    return attempt(() => this.replace('update', ref, structuredClone(object), options) as T);
  }

  patch<T extends KubeObject>(
    ref: ObjectRef,
    _type: PatchType,
    patch: unknown,
    options: WriteOptions = {},
  ): Promise<T> {
    return attempt(() => {
      const current = this.found(ref);
      const patched = merged(structuredClone(current), patch) as KubeObject;
      return this.replace('patch', ref, patched, options) as T;
    });
  }

  delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    return attempt(() => {
      const current = this.found(ref);
      if (options.uid !== undefined && options.uid !== current.metadata.uid)
        throw conflict(ref, ref.name, `the UID in the precondition (${options.uid}) does not match the UID in record`);
      const finalizers = new Set(current.metadata.finalizers);
      if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion');
      if (options.propagationPolicy === 'Orphan') finalizers.add('orphan');
      const grace = graceOf(ref, current, options.gracePeriodSeconds);
      if (finalizers.size === 0 && grace === 0) return this.drop(ref, current, options);
      if (current.metadata.deletionTimestamp && grace >= (current.metadata.deletionGracePeriodSeconds ?? 0)) return;
      const metadata = {
        ...current.metadata,
        deletionTimestamp: new Date(this.now().getTime() + grace * 1000).toISOString(),
        deletionGracePeriodSeconds: grace,
        ...(finalizers.size > 0 ? { finalizers: [...finalizers] } : {}),
      };
      this.store('delete', ref, { ...current, metadata }, options);
    });
  }

  private source<T extends KubeObject>(type: ResourceType<T>): ObjectSource<T> {
    return {
      attach: (sink) => this.sinks.push({ type: type as ResourceType, sink: sink as unknown as ObjectSink }),
      run: () => Promise.resolve(),
    };
  }

  private stored({ group, plural }: { group: string; plural: string }): KubeObject[] {
    return [...this.objects.values()]
      .filter(({ ref }) => ref.group === group && ref.plural === plural)
      .map(({ object }) => structuredClone(object));
  }

  private found(ref: ObjectRef): KubeObject {
    const found = this.objects.get(keyOf(ref));
    if (!found) throw notFound(ref, ref.name);
    return found.object;
  }

  private replace(verb: MemoryWrite['verb'], ref: ObjectRef, next: KubeObject, options: WriteOptions): KubeObject {
    const current = this.found(ref);
    const { resourceVersion, uid } = next.metadata;
    if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion)
      throw modifiedConflict(ref, ref.name);
    if (uid !== undefined && uid !== current.metadata.uid) throw conflict(ref, ref.name, 'Precondition failed: UID');
    const object: KubeObject = ref.subresource
      ? { ...current, metadata: { ...next.metadata }, [ref.subresource]: next[ref.subresource] }
      : { ...next, ...('status' in current ? { status: current['status'] } : {}) };
    const changesSpec = JSON.stringify(current['spec']) !== JSON.stringify(object['spec']);
    const generation = (current.metadata.generation ?? 0) + (changesSpec ? 1 : 0);
    const metadata = { ...object.metadata, ...(current.metadata.generation ? { generation } : {}) };
    const isFinal = metadata.deletionTimestamp && !metadata.finalizers?.length && graceLeft(ref, current) === 0;
    if (isFinal) {
      this.drop(ref, { ...object, metadata }, options);
      return object;
    }
    return this.store(verb, ref, { ...object, metadata }, options);
  }

  private store(verb: MemoryWrite['verb'], ref: ObjectRef, object: KubeObject, options: WriteOptions): KubeObject {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: (++this.revision).toString() } };
    this.objects.set(keyOf(ref), { ref, object: stored });
    this.note(verb, ref, stored, options, false);
    return structuredClone(stored);
  }

  private drop(ref: ObjectRef, object: KubeObject, options: WriteOptions): void {
    this.objects.delete(keyOf(ref));
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: (++this.revision).toString() } };
    this.note('delete', ref, last, options, true);
  }

  private note(
    verb: MemoryWrite['verb'],
    ref: ObjectRef,
    object: KubeObject,
    options: WriteOptions,
    isDelete: boolean,
  ) {
    const { group, plural } = ref;
    this.writes.push({ verb, plural, object, options });
    const stream = plural === 'leases' ? 'LEASES' : plural === 'events' ? 'EVENTS' : 'RESOURCES';
    const item: Recorded = {
      object: structuredClone(object),
      revision: this.revision,
      cause: `${stream}/${this.revision}`,
    };
    this.undelivered.push({ group, plural, item, isDelete });
  }
}

const keyOf = ({ group, plural, namespace = '', name }: ObjectRef): string => `${group}/${plural}/${namespace}/${name}`;

const isBoundPod = (ref: ResourceRef, object: KubeObject): boolean =>
  ref.plural === 'pods' && (object['spec'] as { nodeName?: string } | undefined)?.nodeName !== undefined;

const graceOf = (ref: ResourceRef, object: KubeObject, asked: number | undefined): number =>
  isBoundPod(ref, object) ? (asked ?? 30) : 0;

const graceLeft = (ref: ResourceRef, object: KubeObject): number =>
  isBoundPod(ref, object) ? (object.metadata.deletionGracePeriodSeconds ?? 0) : 0;

/** JSON merge patch (RFC 7386). */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  const result = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value));
  }
  return Object.fromEntries(result);
}

async function attempt<T>(act: () => T): Promise<T> {
  return act();
}
