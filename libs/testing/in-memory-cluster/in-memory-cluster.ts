import {
  applyJsonPatch,
  applyMergePatch,
  applySchemaDefaults,
  applyStrategicMergePatch,
  apiVersionOf,
  convertObject,
  kindNode,
  labelsMatcher,
  matchesLabels,
  metaTime,
  notFound,
  objectKey,
  parseLabelSelector,
  parseObject,
  Registry,
  resourceFor,
  resourceVersionOf,
  serverSideApply,
  trackUpdate,
  type Admission,
  type AnyResource,
  type EventStore,
  type KubeObject,
  type NewResourceEvent,
  type ObjectAddress,
  type ObjectKey,
  type ObjectReader,
  type ResourceEvent,
  type StoredState,
  type WriteRequest,
} from '@shiplog/domain';
import type {
  ApiClient,
  DeleteOptions,
  KubeList,
  ListOptions,
  ObjectRef,
  PatchType,
  ResourceRef,
  WriteOptions,
} from '@shiplog/client';
import { MemoryEventStore } from '@shiplog/event-store';

export interface InMemoryClusterOptions {
  readonly store?: EventStore;
  readonly admission?: Admission;
  readonly now?: () => Date;
}

const admitAll: Admission = { admit: ({ object }) => Promise.resolve(object), validate: () => Promise.resolve() };
const never = new AbortController().signal;
const addressOf = ({ group, plural, namespace, name }: ObjectAddress): string =>
  [group, plural, namespace, name].join('/');

/**
 * The API in memory: the real registry, decoding, defaults, validation, patches and field ownership over a log in memory; no HTTP, no
 * authorization, and no admission unless it is given. What is written can be read at once.
 */
export class InMemoryCluster implements ApiClient, ObjectReader {
  readonly store: EventStore;
  private readonly registry: Registry;
  private readonly states = new Map<string, StoredState & { readonly key: ObjectKey }>();
  private readonly now: () => Date;
  private ids = 0;

  constructor({
    store = new MemoryEventStore(),
    admission = admitAll,
    now = () => new Date(),
  }: InMemoryClusterOptions = {}) {
    this.store = store;
    this.now = now;
    this.registry = new Registry({
      store: this.watched(store),
      state: { cached: (key) => this.states.get(addressOf(key)) },
      read: this,
      admission,
      trackFields: (resource, current, next, { manager, subresource }) =>
        trackUpdate(current, next, this.writer(resource, manager, subresource)),
      source: 'in-memory-cluster',
      now,
      newUid: () => `uid-${++this.ids}`,
      random: () => (this.ids++ % 27) / 27,
    });
  }

  get<T extends KubeObject = KubeObject>(ref: ObjectRef): Promise<T>;
  get<T extends KubeObject = KubeObject>(address: ObjectAddress): T | undefined;
  get(ref: ObjectRef | ObjectAddress): Promise<KubeObject> | KubeObject | undefined {
    const found = this.states.get(addressOf({ ...ref, namespace: ref.namespace ?? '' }))?.object;
    if (!('version' in ref)) return found;
    return found ? Promise.resolve(structuredClone(found)) : Promise.reject(notFound(ref, ref.name));
  }

  list<T extends KubeObject = KubeObject>(ref: ResourceRef, options?: ListOptions): Promise<KubeList<T>>;
  list<T extends KubeObject = KubeObject>(
    resource: { group: string; plural: string },
    namespace?: string,
  ): readonly T[];
  list(ref: ResourceRef | { group: string; plural: string }, scope: ListOptions | string = {}): unknown {
    const namespace = typeof scope === 'string' ? scope : 'namespace' in ref ? ref.namespace : undefined;
    const objects = [...this.states.values()]
      .filter(
        ({ key }) =>
          key.group === ref.group && key.plural === ref.plural && (!namespace || key.namespace === namespace),
      )
      .flatMap(({ object }) => object ?? []);
    if (!('version' in ref)) return objects;
    const selector =
      typeof scope === 'object' && scope.labelSelector ? parseLabelSelector(scope.labelSelector) : labelsMatcher({});
    const items = objects
      .filter(({ metadata }) => matchesLabels(selector, metadata.labels))
      .map((object) => structuredClone(object));
    return this.store.lastRevision(this.resource(ref).stream).then((revision) => ({
      apiVersion: apiVersionOf(ref),
      kind: `${this.resource(ref).kind}List`,
      metadata: { resourceVersion: resourceVersionOf(revision) },
      items,
    }));
  }

  latest<T extends KubeObject = KubeObject>(address: ObjectAddress): Promise<T | undefined> {
    return Promise.resolve(this.get<T>(address));
  }

  async create<T extends KubeObject>(ref: ResourceRef, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const resource = this.resource(ref);
    const result = await this.registry.create(
      resource,
      ref.namespace ?? '',
      this.decoded(resource, object),
      this.request('create', '', options),
    );
    return result.object as T;
  }

  async update<T extends KubeObject>(ref: ObjectRef, object: T, options: WriteOptions = {}): Promise<T> {
    const resource = this.resource(ref);
    const request = this.request('update', ref.subresource ?? '', options);
    return (
      await this.registry.update(resource, ref.namespace ?? '', ref.name, () => this.decoded(resource, object), request)
    ).object as T;
  }

  async patch<T extends KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    patch: unknown,
    options: WriteOptions & { force?: boolean } = {},
  ): Promise<T> {
    const resource = this.resource(ref);
    const namespace = ref.namespace ?? '';
    const request = this.request(type === 'apply' ? 'apply' : 'patch', ref.subresource ?? '', options);
    if (type === 'apply') {
      const apply = (current: KubeObject | undefined): KubeObject =>
        this.applied(resource, current, patch as KubeObject, request, options.force ?? false);
      return (await this.registry.updateOrCreate(resource, namespace, ref.name, apply, request)).object as T;
    }
    const change = (current: KubeObject): KubeObject =>
      this.decoded(resource, patched(resource, type, structuredClone(current), patch));
    return (await this.registry.update(resource, namespace, ref.name, change, request)).object as T;
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const { gracePeriodSeconds, propagationPolicy, uid, resourceVersion } = options;
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    const asked = {
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(propagationPolicy ? { propagationPolicy } : {}),
      preconditions,
    };
    await this.registry.delete(
      this.resource(ref),
      ref.namespace ?? '',
      ref.name,
      asked,
      this.request('delete', '', options),
    );
  }

  /** The object's last event, for tests that ask who did what and why. */
  lastEvent(ref: ObjectRef): Promise<ResourceEvent | undefined> {
    return this.store.last(objectKey(this.resource(ref), ref.namespace ?? '', ref.name));
  }

  /** The store, telling this cluster of every append: its own reads never lag. */
  private watched(store: EventStore): EventStore {
    const append = async (event: NewResourceEvent, expected: bigint, signal?: AbortSignal): Promise<bigint> => {
      const revision = await store.append(event, expected, signal);
      const object = event.type === 'deleted' ? {} : { object: parseObject(event.body, revision) };
      this.states.set(addressOf(event.key), { key: event.key, revision, ...object });
      return revision;
    };
    return {
      append,
      follow: (stream, after, signal) => store.follow(stream, after, signal),
      lastRevision: (stream, signal) => store.lastRevision(stream, signal),
      last: (key, signal) => store.last(key, signal),
    };
  }

  private resource(ref: ResourceRef): AnyResource {
    const resource = resourceFor(ref);
    if (!resource) throw notFound(ref, ref.plural);
    return resource;
  }

  private decoded(resource: AnyResource, data: unknown): KubeObject {
    const { object } = convertObject(data, resource, 'Ignore');
    object.metadata ??= {};
    const schema = kindNode(resource);
    if (schema) applySchemaDefaults(object, schema);
    resource.defaults?.(object);
    return object;
  }

  private applied(
    resource: AnyResource,
    current: KubeObject | undefined,
    patch: KubeObject,
    { fieldManager, subresource }: WriteRequest,
    force: boolean,
  ): KubeObject {
    const next = serverSideApply(current, structuredClone(patch), {
      ...this.writer(resource, fieldManager, subresource),
      kind: resource.kind,
      force,
    });
    return next === current ? next : this.decoded(resource, next);
  }

  private writer(resource: AnyResource, manager: string, subresource: string) {
    const schema = kindNode(resource);
    return {
      manager,
      apiVersion: apiVersionOf(resource),
      subresource,
      now: metaTime(this.now()),
      ...(schema ? { schema } : {}),
    };
  }

  private request(
    verb: string,
    subresource: string,
    { cause, fieldManager, dryRun, actAs, signal }: WriteOptions,
  ): WriteRequest {
    return {
      user: { name: actAs ?? 'test', groups: ['system:masters'] },
      verb,
      subresource,
      correlationId: `request-${++this.ids}`,
      ...(cause ? { causationId: cause } : {}),
      fieldManager: fieldManager ?? 'test',
      dryRun: dryRun ?? false,
      options: {},
      warn: () => undefined,
      signal: signal ?? never,
    };
  }
}

function patched(
  resource: AnyResource,
  type: Exclude<PatchType, 'apply'>,
  current: KubeObject,
  patch: unknown,
): unknown {
  if (type === 'json') return applyJsonPatch(current, patch);
  return type === 'merge'
    ? applyMergePatch(current, patch)
    : applyStrategicMergePatch(kindNode(resource), current, patch);
}
