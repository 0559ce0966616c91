import { hasReason, parseApiVersion, resourceForKind, type OwnerReference } from '@shiplog/domain';
import type { ApiClient, Cause, EventRecorder, ObjectRef } from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import { messageOf, OwnWrites, PlanExecutor, queueMetrics, WorkQueue, type Work } from '@shiplog/controller-runtime';
import { asObject, type GraphChange, type GraphObject, type ObjectGraph } from '../../object-graph/object-graph.js';
import { planGarbage, type GarbageWorld } from './garbage-collector.plan.js';

export interface GarbageCollectorParts {
  readonly graph: ObjectGraph;
  readonly client: ApiClient;
  readonly recorder: EventRecorder;
  readonly logger: Logger;
}

const name = 'generic-garbage-collector';
const workers = 20;

/** Deletes what nobody owns any more, over all kinds: the one control loop that is not about a kind. Its keys are uids. */
export class GarbageCollector {
  private readonly queue = new WorkQueue({ metrics: queueMetrics(name) });
  private readonly executor: PlanExecutor;

  constructor(private readonly parts: GarbageCollectorParts) {
    const actAs = `system:serviceaccount:kube-system:${name}`;
    // Its writes name the revision they are about, so a stale look fails and does nothing twice.
    const writes = new OwnWrites(() => undefined);
    this.executor = new PlanExecutor(parts.client, parts.recorder, { component: name, actAs }, writes);
  }

  /** Works until aborted. Call when the graph has synced: an owner not yet seen would look gone. */
  async run(signal: AbortSignal): Promise<void> {
    const { graph } = this.parts;
    const stop = graph.onChange((change) => this.mark(change));
    for (const object of graph.all()) if (concerns(object)) this.queue.add(object.uid, because(object.cause));
    signal.addEventListener('abort', () => this.queue.close(), { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.work(signal)));
    stop();
  }

  /** A change may concern the object itself, those that it owns, and owners that wait for it. */
  private mark({ object, previous, isGone, cause }: GraphChange): void {
    const { graph } = this.parts;
    const trigger = because(cause);
    if (!isGone && concerns(object)) this.queue.add(object.uid, trigger);
    if (isGone || object.isDeleting) for (const { uid } of graph.dependentsOf(object.uid)) this.queue.add(uid, trigger);
    for (const { uid } of [...object.owners, ...(previous?.owners ?? [])])
      if (graph.get(uid)?.isDeleting) this.queue.add(uid, trigger);
  }

  private async work(signal: AbortSignal): Promise<void> {
    for (let work = await this.queue.next(); work; work = await this.queue.next()) {
      const { key, trigger } = work;
      try {
        await this.collect(work, signal);
        this.queue.forget(key);
      } catch (error) {
        if (!signal.aborted) this.queue.retry(key, trigger);
        const fields = { uid: key, err: messageOf(error) };
        if (hasReason(error, 'Conflict')) this.parts.logger.debug(fields, 'conflict, looking again');
        else if (!signal.aborted) this.parts.logger.warn(fields, 'garbage collection failed, trying again');
      } finally {
        this.queue.done(key);
      }
    }
  }

  private async collect({ key, trigger }: Work, signal: AbortSignal): Promise<void> {
    const world = this.observe(key);
    if (!world) return;
    if (await this.hasUnseenOwner(world, signal)) return this.queue.addAfter(key, 1_000, trigger);
    const { type } = world.object;
    const execution = { key, type, object: asObject(world.object), cause: trigger?.cause, signal };
    await this.executor.carryOut(planGarbage(world), execution);
  }

  /** An owner may be in another stream, whose follower is behind: that it is nowhere to be seen is no proof. The API is asked. */
  private async hasUnseenOwner({ object, owners }: GarbageWorld, signal: AbortSignal): Promise<boolean> {
    const { graph, client } = this.parts;
    for (const reference of object.owners) {
      if (owners.has(reference.uid) || graph.wasDeleted(reference.uid)) continue;
      const ref = refOf(reference, object.namespace);
      // A kind that is not served here may be served again: nothing is deleted on its account.
      if (!ref) return true;
      const found = await client.get(ref, signal).catch((error: unknown) => {
        if (hasReason(error, 'NotFound')) return undefined;
        throw error;
      });
      if (found?.metadata.uid === reference.uid) return true;
    }
    return false;
  }

  private observe(uid: string): GarbageWorld | undefined {
    const { graph } = this.parts;
    const object = graph.get(uid);
    if (!object) return undefined;
    const owners = object.owners.flatMap((reference) => graph.get(reference.uid) ?? []);
    return {
      object,
      owners: new Map(owners.map((owner) => [owner.uid, owner])),
      dependents: graph.dependentsOf(uid),
    };
  }
}

const refOf = ({ apiVersion, kind, name }: OwnerReference, namespace: string): ObjectRef | undefined => {
  const resource = resourceForKind({ ...parseApiVersion(apiVersion), kind });
  if (!resource) return undefined;
  const { group, version, plural, scope } = resource;
  return { group, version, plural, name, ...(scope === 'Namespaced' ? { namespace } : {}) };
};

const concerns = ({ owners, isDeleting, finalizers }: GraphObject): boolean =>
  owners.length > 0 || (isDeleting && finalizers.length > 0);

const because = (cause: Cause) => ({ cause, weight: 0 });
