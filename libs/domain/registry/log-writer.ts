import type { KubeObject } from '../api/kube-object.js';
import { hasReason, modifiedConflict, StatusError, timeout } from '../api/status-error.js';
import { AppendConflict, AppendUnknown, type EventStore } from '../events/event-store.js';
import type { EventType, NewResourceEvent, ObjectKey } from '../events/resource-event.js';
import { resourceVersionOf, type Revision } from '../events/revision.js';
import { parseObject, serializeObject, withResourceVersion } from '../events/serialized-object.js';
import { apiPath } from './api-path.js';
import { changeClass } from './change-class.js';
import type { WriteRules } from './decide-create.js';
import { eventContext } from './event-context.js';
import { objectKey } from './object-key.js';
import type { Decided, ObjectWrite } from './object-write.js';
import type { CurrentState, StoredState, WriteResult } from './write-request.js';

export interface LogDependencies {
  readonly store: EventStore;
  readonly state: CurrentState;
  /** This process, as `source` of its events. */
  readonly source: string;
  readonly rules: () => WriteRules;
}

/** What is to become of an object; asked again if the object changed meanwhile. @throws StatusError to refuse */
export type Decide = (current: StoredState, rules: WriteRules) => Promise<Decided>;

const maxAttempts = 30;
const maxAppendRetries = 3;

/**
 * Takes an object from its present state to the decided one: loads, has it decided, appends naming the revision that was read. The
 * cache may lag, so a refusal, a conflict or an answer that appends nothing is looked at again with the log's own last word.
 */
export class LogWriter {
  constructor(private readonly deps: LogDependencies) {}

  /** @throws StatusError */
  async write(write: ObjectWrite, decide: Decide): Promise<WriteResult> {
    const { resource, namespace, name, request } = write;
    const key = objectKey(resource, namespace, name);
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      request.signal.throwIfAborted();
      const cached = attempt === 1 ? this.deps.state.cached(key) : undefined;
      const current = cached ?? (attempt === 1 ? neverWritten : await this.lastWord(write));
      const rules = this.deps.rules();
      let decided: Decided;
      try {
        decided = await decide(current, rules);
      } catch (error) {
        if (attempt > 1 || !(error instanceof StatusError)) throw error;
        continue;
      }
      if (decided.type === 'unchanged' || request.dryRun) {
        // No append will find out that the cached state was overtaken.
        if (attempt === 1 && (await this.isOvertaken(key, cached, request.signal))) continue;
        return withoutAppend(decided, current);
      }
      try {
        return await this.append(write, decided, current, rules);
      } catch (error) {
        if (!(error instanceof AppendConflict)) throw error;
      }
    }
    throw modifiedConflict(resource, name);
  }

  private async isOvertaken(key: ObjectKey, cached: StoredState | undefined, signal: AbortSignal): Promise<boolean> {
    return (await this.deps.store.last(key, signal))?.revision !== cached?.revision;
  }

  private async lastWord({ resource, namespace, name, request }: ObjectWrite): Promise<StoredState> {
    const event = await this.deps.store.last(objectKey(resource, namespace, name), request.signal);
    if (!event) return neverWritten;
    return event.type === 'deleted'
      ? { revision: event.revision }
      : { revision: event.revision, object: parseObject(event.body, event.revision) };
  }

  private async append(
    { resource, namespace, name, request }: ObjectWrite,
    decided: Decided,
    current: StoredState,
    rules: WriteRules,
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
    let unknown: AppendUnknown | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.deps.store.append(event, expected, signal);
      } catch (error) {
        // What is out of reach now may have been written before.
        if (unknown && hasReason(error, 'ServiceUnavailable')) throw timeout(unknown.message);
        if (!(error instanceof AppendUnknown)) throw error;
        if (attempt === maxAppendRetries) throw timeout(error.message);
        unknown = error;
      }
    }
  }
}

const neverWritten: StoredState = { revision: 0n };

function withoutAppend({ type, object }: Decided, { revision, object: current }: StoredState): WriteResult {
  return type === 'unchanged'
    ? { object, revision, outcome: type }
    : { object: asDryRun(object, current), revision, outcome: type };
}

/** What a dry run answers: the object as it would be, with the resourceVersion it has now (none if it is new). */
function asDryRun(object: KubeObject, current: KubeObject | undefined): KubeObject {
  const { resourceVersion: _asked, ...metadata } = object.metadata;
  const version = current?.metadata.resourceVersion;
  return { ...object, metadata: { ...metadata, ...(version ? { resourceVersion: version } : {}) } };
}
