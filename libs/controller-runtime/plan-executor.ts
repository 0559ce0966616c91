import { deepEqual, hasReason, StatusError, type KubeObject } from '@shiplog/domain';
import type { ApiClient, Cause, EventRecorder, EventReporter, ObjectRef, ResourceType } from '@shiplog/client';
import { subjectOf } from '@shiplog/client';
import type { OwnWrites } from './own-writes.js';
import { widening, type Width } from './widening.js';
import type { Action, Failure, Notice, Plan, WriteAction } from './plan.js';

export interface PlanExecution {
  readonly key: string;
  readonly type: ResourceType;
  /** The reconciled object as the plan was made from it; absent if there is none. */
  readonly object?: KubeObject;
  readonly cause?: Cause;
  readonly signal: AbortSignal;
}

/** Writes of one turn under way at a time. */
const most = 100;

const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? metadata.generateName ?? '';

const refOf = (type: ResourceType, { metadata }: KubeObject, subresource?: string): ObjectRef => ({
  group: type.group,
  version: type.version,
  plural: type.plural,
  namespace: metadata.namespace,
  name: metadata.name ?? '',
  ...(subresource ? { subresource } : {}),
});

/** Neighbouring actions of one sort, which may run side by side. */
function groups(actions: readonly Action[]): Action[][] {
  const result: Action[][] = [];
  for (const action of actions) {
    const last = result.at(-1);
    if (last?.[0]?.do === action.do && action.do !== 'update') last.push(action);
    else result.push([action]);
  }
  return result;
}

/** Creates begin with one, so that what cannot work fails once and not a thousand times. */
const widthOf = (group: readonly Action[]): Width => ({ first: group[0]?.do === 'create' ? 1 : most, most });

/** Carries out plans for one controller: writes as its ServiceAccount, names the cause on each, and notes what the caches must show. */
export class PlanExecutor {
  constructor(
    private readonly client: ApiClient,
    private readonly recorder: Pick<EventRecorder, 'record'>,
    private readonly reporter: EventReporter,
    private readonly writes: OwnWrites,
  ) {}

  /** Rejects with the first fault after the status has been written. */
  async carryOut(plan: Plan, execution: PlanExecution): Promise<void> {
    const updated = new Map<string, KubeObject>();
    const fault = await this.runAll(plan.actions, execution, updated);
    const failure = fault && { action: fault.action, message: messageOf(fault.error) };
    await this.writeStatus(plan, failure, execution, updated);
    if (fault) throw fault.error;
  }

  private async runAll(
    actions: readonly Action[],
    execution: PlanExecution,
    updated: Map<string, KubeObject>,
  ): Promise<{ action: WriteAction; error: unknown } | undefined> {
    for (const group of groups(actions)) {
      const fault = await widening(group, (action) => this.run(action, execution, updated), widthOf(group));
      if (fault) return fault;
    }
    return undefined;
  }

  private async run(
    action: Action,
    execution: PlanExecution,
    updated: Map<string, KubeObject>,
  ): Promise<{ action: WriteAction; error: unknown } | undefined> {
    if (action.do === 'tell') {
      this.tell(action.notice, execution);
      return undefined;
    }
    try {
      const written = await this.write(action, execution);
      if (written?.metadata?.uid) updated.set(written.metadata.uid, written);
      if (action.done) this.tell(action.done, execution, { name: nameOf(written ?? action.object) });
      return undefined;
    } catch (error) {
      if (isMoot(action, error)) return undefined;
      await this.noteUnknownOutcome(action, execution, error);
      if (action.failed) this.tell(action.failed, execution, { name: nameOf(action.object), error: messageOf(error) });
      return { action, error };
    }
  }

  private async write(action: WriteAction, { key, cause, signal }: PlanExecution): Promise<KubeObject | undefined> {
    const options = { cause, actAs: this.reporter.actAs, signal };
    const { type, object } = action;
    if (action.do === 'delete') {
      await this.client.delete(refOf(type, object), { ...options, ...action.options, uid: object.metadata.uid });
      this.writes.deleted(key, type, object);
      return undefined;
    }
    const written = await this.put(action, options);
    this.writes.wrote(key, type, written);
    return written;
  }

  private put(
    action: Exclude<WriteAction, { do: 'delete' }>,
    options: { cause?: Cause; actAs?: string; signal: AbortSignal },
  ): Promise<KubeObject> {
    const { type, object } = action;
    if (action.do === 'create')
      return this.client.create({ ...type, namespace: object.metadata.namespace }, object, options);
    const ref = refOf(type, object, action.subresource);
    return action.do === 'update'
      ? this.client.update(ref, object, options)
      : this.client.patch(ref, action.patchType, action.patch, options);
  }

  /** After a lost answer the write may yet be there: a read made now says how far the caches must come to know. */
  private async noteUnknownOutcome(action: WriteAction, { key, signal }: PlanExecution, error: unknown): Promise<void> {
    if (error instanceof StatusError && error.code < 500) return;
    const { type, object } = action;
    const ref = { ...type, namespace: object.metadata.namespace };
    const list = await this.client.list(ref, { limit: 1 }, signal).catch(() => undefined);
    if (list) this.writes.mayHaveWritten(key, type, list.metadata.resourceVersion);
  }

  private async writeStatus(
    plan: Plan,
    failure: Failure | undefined,
    { key, type, object, cause, signal }: PlanExecution,
    updated: ReadonlyMap<string, KubeObject>,
  ): Promise<void> {
    if (!plan.status || !object) return;
    const status = failure && plan.status.ifFailed ? plan.status.ifFailed(failure) : plan.status.status;
    const latest = updated.get(object.metadata.uid ?? '') ?? object;
    const annotations = { ...latest.metadata.annotations, ...(failure ? {} : plan.status.annotations) };
    if (deepEqual(latest['status'] ?? {}, status) && deepEqual(latest.metadata.annotations ?? {}, annotations)) return;
    const metadata = plan.status.annotations ? { ...latest.metadata, annotations } : latest.metadata;
    const options = { cause, actAs: this.reporter.actAs, signal };
    const ref = refOf(type, latest, 'status');
    const written = await this.client.update(ref, { ...latest, metadata, status }, options).catch(unlessGone);
    if (written) this.writes.wrote(key, type, written);
  }

  private tell(notice: Notice, { object, cause }: PlanExecution, values: Record<string, string> = {}): void {
    const about = notice.about ?? object;
    if (!about) return;
    const message = notice.message.replace(/\{(name|error)\}/g, (whole, name: string) => values[name] ?? whole);
    const { type, reason } = notice;
    this.recorder.record({ about: subjectOf(about), type, reason, message }, this.reporter, cause);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What was to be done is done already, or can no longer be: changing what is gone, creating in a namespace that goes away. */
function isMoot(action: WriteAction, error: unknown): boolean {
  if (action.do !== 'create') return hasReason(error, 'NotFound') || (action.do === 'delete' && isOtherUid(error));
  return (
    hasReason(error, 'Forbidden') &&
    (error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false)
  );
}

/** Undefined when the object has gone meanwhile: then its status is nobody's business. */
function unlessGone(error: unknown): undefined {
  if (!hasReason(error, 'NotFound')) throw error;
}

const isOtherUid = (error: unknown): boolean => hasReason(error, 'Conflict') && /UID/i.test(error.message);
