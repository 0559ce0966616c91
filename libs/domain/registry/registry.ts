import { copyJson } from '../api/copy-json.js';
import { deepEqual } from '../api/deep-equal.js';
import type { KubeObject } from '../api/kube-object.js';
import { alreadyExists, hasReason, modifiedConflict, notFound, StatusError, timeout } from '../api/status-error.js';
import { AppendConflict, AppendUnknown, type EventStore } from '../events/event-store.js';
import type { EventType, NewResourceEvent } from '../events/resource-event.js';
import { resourceVersionOf, type Revision } from '../events/revision.js';
import { settled } from '../patch/managed-fields/track-update.js';
import { parseObject, serializeObject, withResourceVersion } from '../events/serialized-object.js';
import type { AnyResource } from '../resources/define-resource.js';
import type { StoredAs } from '../resources/stored-as/stored-as.js';
import { writtenObject } from '../schema/decode/object-codec.js';
import type { Admission, AdmissionRequest } from './admission-request.js';
import { apiPath } from './api-path.js';
import { changeClass } from './change-class.js';
import { decideCreate, stampNew, type WriteRules } from './decide-create.js';
import { dropRepeatedOwners, repeatedOwnersWarning } from './owner-references.js';
import { decideDelete, type DeleteOptions } from './decide-delete.js';
import { checkUid, decideUpdate, releasesDeleted } from './decide-update.js';
import { eventContext } from './event-context.js';
import { objectKey } from './object-key.js';
import type { ObjectReader } from './object-reader.js';
import type { CurrentState, StoredState, TrackFields, WriteRequest, WriteResult } from './write-request.js';

export interface RegistryDependencies {
  readonly store: EventStore;
  readonly state: CurrentState;
  readonly admission: Admission;
  readonly read: ObjectReader;
  readonly trackFields: TrackFields;
  /** This process, as `source` of its events. */
  readonly source: string;
  readonly now: () => Date;
  readonly newUid: () => string;
  readonly random: () => number;
}

/** Makes the object's next state from its present one, which it must not change. Called again if the object changed meanwhile. */
export type Transform = (current: KubeObject) => KubeObject | Promise<KubeObject>;

/** What has been decided and remains to be appended. */
interface Decided {
  readonly type: EventType | 'unchanged';
  readonly object: KubeObject;
}

const maxAttempts = 30;
const maxGeneratedNames = 8;
const maxAppendRetries = 3;

/**
 * Writes objects: loads the present state, decides (pure), appends naming the revision it read. The cache may lag, so a refusal, a
 * conflict or an answer that appends nothing is looked at again with the log's own last word. All methods throw StatusError.
 */
export class Registry {
  constructor(private readonly deps: RegistryDependencies) {}

  /** Stores a new object; takes ownership of `object`. With generateName, finds a free name. */
  async create(
    resource: AnyResource,
    namespace: string,
    object: KubeObject,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const generated = !object.metadata.name && Boolean(object.metadata.generateName);
    for (let attempt = 1; ; attempt++) {
      const candidate = generated ? copyJson(object) : object;
      try {
        return await this.createNamed(resource, namespace, candidate, request);
      } catch (error) {
        if (!generated || !hasReason(error, 'AlreadyExists')) throw error;
        if (attempt === maxGeneratedNames) throw generateNameConflict(resource, candidate.metadata.name ?? '');
      }
    }
  }

  /** Replaces an object by what `transform` makes of it. A missing one is NotFound. */
  update(
    resource: AnyResource,
    namespace: string,
    name: string,
    transform: Transform,
    request: WriteRequest,
  ): Promise<WriteResult> {
    return this.write(resource, namespace, name, request, async (current, rules) => {
      if (!current.object) throw notFound(asAsked(resource, request), name);
      return this.decideUpdate(
        resource,
        namespace,
        name,
        await transform(current.object),
        current.object,
        rules,
        request,
      );
    });
  }

  /** Replaces an object, or creates it if it is missing (server-side apply; kinds whose PUT creates). */
  updateOrCreate(
    resource: AnyResource,
    namespace: string,
    name: string,
    transform: (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>,
    request: WriteRequest,
  ): Promise<WriteResult> {
    return this.write(resource, namespace, name, request, async (current, rules) => {
      const next = await transform(current.object);
      return current.object
        ? this.decideUpdate(resource, namespace, name, next, current.object, rules, request)
        : this.decideCreate(resource, namespace, next, rules, request);
    });
  }

  /** Deletes an object, or marks it as deleting where something holds it. */
  delete(
    resource: AnyResource,
    namespace: string,
    name: string,
    options: DeleteOptions,
    request: WriteRequest,
  ): Promise<WriteResult> {
    return this.write(resource, namespace, name, request, async (current, rules) => {
      if (!current.object) throw notFound(asAsked(resource, request), name);
      const decision = decideDelete(resource, current.object, options, rules.now);
      if (decision.outcome === 'pending') return { type: 'unchanged', object: decision.object };
      const admission = this.admissionRequest('DELETE', resource, namespace, name, request, {
        oldObject: current.object,
      });
      await this.deps.admission.admit(admission, request.signal);
      await this.deps.admission.validate(admission, request.signal);
      if (decision.outcome === 'remove') return { type: 'deleted', object: decision.object };
      return { type: deepEqual(decision.object, current.object) ? 'unchanged' : 'updated', object: decision.object };
    });
  }

  private async createNamed(
    resource: AnyResource,
    namespace: string,
    object: KubeObject,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const rules = this.rules();
    stampNew(resource, object, namespace, rules);
    const name = object.metadata.name ?? '';
    if (name === '') await this.decideCreate(resource, namespace, object, rules, request, true);
    return this.write(resource, namespace, name, request, async (current) => {
      const decided = await this.decideCreate(resource, namespace, object, rules, request, true);
      if (current.object) throw alreadyExists(asAsked(resource, request), name);
      return decided;
    });
  }

  private async decideCreate(
    resource: AnyResource,
    namespace: string,
    object: KubeObject,
    rules: WriteRules,
    request: WriteRequest,
    stamped = false,
  ): Promise<Decided> {
    const { admission } = this.deps;
    if (!stamped) {
      delete object.metadata.resourceVersion;
      stampNew(resource, object, namespace, rules);
    }
    const tracked = this.tracked(resource, object, undefined, rules, request);
    const name = object.metadata.name ?? '';
    const admitted = await admission.admit(
      this.admissionRequest('CREATE', resource, namespace, name, request, { object: tracked }),
      request.signal,
    );
    const decided = writtenObject(decideCreate(asAsked(resource, request), admitted ?? tracked, rules));
    await admission.validate(
      this.admissionRequest('CREATE', resource, namespace, name, request, { object: decided }),
      request.signal,
    );
    for (const text of resource.warnings?.(decided, undefined) ?? []) request.warn(text);
    return { type: 'created', object: decided };
  }

  private async decideUpdate(
    resource: AnyResource,
    namespace: string,
    name: string,
    next: KubeObject,
    current: KubeObject,
    rules: WriteRules,
    request: WriteRequest,
  ): Promise<Decided> {
    const { admission } = this.deps;
    const { subresource } = request;
    if (request.verb === 'update') checkUid(asAsked(resource, request), next, current);
    const tracked = this.tracked(resource, next, current, rules, request);
    const admitted = await admission.admit(
      this.admissionRequest('UPDATE', resource, namespace, name, request, { object: tracked, oldObject: current }),
      request.signal,
    );
    const decided = writtenObject(
      decideUpdate(asAsked(resource, request), admitted ?? tracked, current, { namespace, name, subresource }, rules),
    );
    await admission.validate(
      this.admissionRequest('UPDATE', resource, namespace, name, request, { object: decided, oldObject: current }),
      request.signal,
    );
    for (const text of resource.warnings?.(decided, current) ?? []) request.warn(text);
    if (releasesDeleted(decided, current)) return { type: 'deleted', object: decided };
    const object = settled(current, decided);
    return object === current ? { type: 'unchanged', object } : { type: 'updated', object };
  }

  /** A copy of its own, for admission to change, with managedFields kept. An apply has kept them itself. */
  private tracked(
    resource: AnyResource,
    next: KubeObject,
    current: KubeObject | undefined,
    { now }: WriteRules,
    { verb, fieldManager: manager, subresource, unowned, warn, view }: WriteRequest,
  ): KubeObject {
    const own = copyJson(next);
    const repeated = dropRepeatedOwners(own);
    if (repeated.length > 0) warn(repeatedOwnersWarning(repeated));
    if (verb === 'apply' || unowned) return own;
    const writer = { manager, subresource, now };
    if (view?.storedAs?.rules) return this.trackedAs(view, view.storedAs, own, current, writer);
    const tracked = this.deps.trackFields(resource, current, own, writer);
    return tracked === current ? { ...own, metadata: { ...own.metadata, ...managedFieldsOf(current) } } : tracked;
  }

  /** Ownership under the names of the view that the writer knows. */
  private trackedAs(
    view: AnyResource,
    { fromStored, toStored }: StoredAs,
    own: KubeObject,
    current: KubeObject | undefined,
    writer: Parameters<TrackFields>[3],
  ): KubeObject {
    const live = current && fromStored(current);
    const tracked = this.deps.trackFields(view, live, fromStored(own), writer);
    return tracked === live ? { ...own, metadata: { ...own.metadata, ...managedFieldsOf(live) } } : toStored(tracked);
  }

  /** Decides on the cached state first; on the log's last word once the cached one led to a refusal or is overtaken. */
  private async write(
    resource: AnyResource,
    namespace: string,
    name: string,
    request: WriteRequest,
    decide: (current: StoredState, rules: WriteRules) => Promise<Decided>,
  ): Promise<WriteResult> {
    const key = objectKey(resource, namespace, name);
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      request.signal.throwIfAborted();
      const cached = attempt === 1 ? this.deps.state.cached(key) : undefined;
      const current =
        cached ?? (attempt === 1 ? neverWritten : await this.lastWord(resource, namespace, name, request.signal));
      const rules = this.rules();
      let decided: Decided;
      try {
        decided = await decide(current, rules);
      } catch (error) {
        if (attempt > 1 || !(error instanceof StatusError)) throw error;
        continue;
      }
      if (decided.type === 'unchanged' || request.dryRun) {
        // No append will find out that the cached state was overtaken.
        if (attempt === 1 && (await this.deps.store.last(key, request.signal))?.revision !== cached?.revision) continue;
        if (decided.type !== 'unchanged') return dryRunResult(decided, current);
        return { object: decided.object, revision: current.revision, outcome: 'unchanged' };
      }
      try {
        return await this.append(resource, namespace, name, decided, current, rules, request);
      } catch (error) {
        if (!(error instanceof AppendConflict)) throw error;
      }
    }
    throw modifiedConflict(resource, name);
  }

  private async lastWord(
    resource: AnyResource,
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<StoredState> {
    const event = await this.deps.store.last(objectKey(resource, namespace, name), signal);
    if (!event) return neverWritten;
    return event.type === 'deleted'
      ? { revision: event.revision }
      : { revision: event.revision, object: parseObject(event.body, event.revision) };
  }

  private async append(
    resource: AnyResource,
    namespace: string,
    name: string,
    decided: Decided,
    current: StoredState,
    rules: WriteRules,
    request: WriteRequest,
  ): Promise<WriteResult> {
    const type = decided.type as EventType;
    const body = serializeObject(decided.object);
    const change = current.object && type === 'updated' ? changeClass(decided.object, current.object) : 'spec';
    const event: NewResourceEvent = {
      type,
      key: objectKey(resource, namespace, name),
      body,
      object: decided.object,
      context: eventContext(this.deps.source, apiPath(resource, namespace, name), change, rules, request),
    };
    const revision = await this.appendSurely(event, current.revision, request.signal);
    const object = {
      ...decided.object,
      metadata: { ...decided.object.metadata, resourceVersion: resourceVersionOf(revision) },
    };
    return { object, revision, outcome: type, body: withResourceVersion(body, revision) };
  }

  /** Retries while durability is unknown: the same event is never stored twice. */
  private async appendSurely(event: NewResourceEvent, expected: Revision, signal: AbortSignal): Promise<Revision> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.deps.store.append(event, expected, signal);
      } catch (error) {
        if (!(error instanceof AppendUnknown)) throw error;
        if (attempt === maxAppendRetries)
          throw timeout(`the log did not say whether the write is durable: ${error.message}`);
      }
    }
  }

  private admissionRequest(
    operation: AdmissionRequest['operation'],
    resource: AnyResource,
    namespace: string,
    name: string,
    { subresource, user, dryRun, options, warn }: WriteRequest,
    objects: Pick<AdmissionRequest, 'object' | 'oldObject'>,
  ): AdmissionRequest {
    return {
      operation,
      resource,
      subresource,
      namespace,
      name,
      user,
      dryRun,
      options,
      warn,
      read: this.deps.read,
      ...objects,
    };
  }

  private rules(): WriteRules {
    return { now: this.deps.now(), newUid: this.deps.newUid, random: this.deps.random };
  }
}

/** The stored kind with the names and rules of the view that a request speaks of. */
function asAsked(resource: AnyResource, { view }: WriteRequest): AnyResource {
  const rules = view?.storedAs?.rules;
  if (!view || !rules) return resource;
  const { nameFormat: _format, freeFinalizers: _free, ...stored } = resource;
  return { ...stored, group: view.group, version: view.version, kind: view.kind, ...rules };
}

const neverWritten: StoredState = { revision: 0n };

const managedFieldsOf = ({ metadata: { managedFields } }: KubeObject): Pick<KubeObject['metadata'], 'managedFields'> =>
  managedFields ? { managedFields: copyJson(managedFields) } : {};

/** What a dry run answers: the object as it would be, with the resourceVersion it has now (none if it is new). */
function dryRunResult({ type, object }: Decided, { revision, object: current }: StoredState): WriteResult {
  const { resourceVersion: _asked, ...metadata } = object.metadata;
  const version = current?.metadata.resourceVersion;
  return {
    object: { ...object, metadata: { ...metadata, ...(version ? { resourceVersion: version } : {}) } },
    revision,
    outcome: type as EventType,
  };
}

const generateNameConflict = (resource: AnyResource, name: string): StatusError => {
  const exists = alreadyExists(resource, name);
  return new StatusError(
    409,
    'AlreadyExists',
    `${exists.message}, the server was not able to generate a unique name for the object`,
    {
      ...exists.details,
      retryAfterSeconds: 1,
    },
  );
};
