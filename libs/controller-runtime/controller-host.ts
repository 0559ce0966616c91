import { hasReason, type KubeObject } from '@shiplog/domain';
import {
  splitKey,
  type ApiClient,
  type Change,
  type EventRecorder,
  type Informers,
  type ResourceType,
} from '@shiplog/client';
import type { Logger } from '@shiplog/component-base';
import type { AnyController, Controller, Read, Reconciliation, ReconcilingController } from './controller.js';
import { OwnWrites } from './own-writes.js';
import { messageOf, PlanExecutor, type PlanExecution } from './plan-executor.js';
import { queueMetrics } from './queue-metrics.js';
import { weightOf, type Trigger } from './trigger.js';
import { WorkQueue, type Work } from './work-queue.js';

export interface ControllerHostOptions {
  readonly informers: Informers;
  readonly client: ApiClient;
  readonly recorder: EventRecorder;
  readonly logger: Logger;
  readonly now?: () => Date;
}

const typeName = ({ group, plural }: ResourceType): string => `${group}/${plural}`;

/** Runs one controller: its informers feed its queue, its workers take keys from it. Create before the informers start. */
export class ControllerHost {
  private readonly queue: WorkQueue;
  private readonly writes: OwnWrites;
  private readonly executor: PlanExecutor;
  private readonly read: Read;
  private readonly types: readonly ResourceType[];
  private readonly actAs: string;

  constructor(
    private readonly controller: AnyController,
    private readonly options: ControllerHostOptions,
  ) {
    const { name, serviceAccount = name, reconciles, watches = [], reads = [] } = controller;
    const { informers, client, recorder } = options;
    this.types = [reconciles as ResourceType, ...watches.map(({ type }) => type), ...reads];
    const known = new Map(this.types.map((type) => [typeName(type), informers.of(type)]));
    this.read = ((type: ResourceType) => {
      const informer = known.get(typeName(type));
      if (!informer) throw new Error(`${name} reads ${typeName(type)}: name it in its watches or reads`);
      return informer.lister;
    }) as Read;
    this.actAs = `system:serviceaccount:kube-system:${serviceAccount}`;
    this.queue = new WorkQueue({ metrics: queueMetrics(name) });
    this.writes = new OwnWrites((type) => known.get(typeName(type)));
    this.executor = new PlanExecutor(client, recorder, { component: name, actAs: this.actAs }, this.writes);
  }

  /** Works until aborted; what is in progress is finished. */
  async run(signal: AbortSignal): Promise<void> {
    const { informers } = this.options;
    await Promise.all(this.types.map((type) => informers.of(type).whenSynced(signal)));
    const unsubscribe = this.listen();
    signal.addEventListener('abort', () => this.queue.close(), { once: true });
    await Promise.all(Array.from({ length: this.controller.workers ?? 5 }, () => this.work(signal)));
    for (const stop of unsubscribe) stop();
  }

  private listen(): (() => void)[] {
    const { reconciles, watches = [] } = this.controller;
    const { informers } = this.options;
    const dirty = (key: string, change: Change, isOwn: boolean): void =>
      this.queue.add(key, { cause: change.current.cause, weight: weightOf(change, isOwn) });
    return [
      informers.of(reconciles as ResourceType).onChange((change) => dirty(change.key, change, true)),
      ...watches.map(({ type, keysOf }) =>
        informers.of(type).onChange((change) => {
          for (const key of keysOf(change, this.read)) dirty(key, change, false);
        }),
      ),
      this.controller.marks?.((key, cause) => this.queue.add(key, cause && { cause, weight: 0 })) ?? (() => undefined),
    ];
  }

  private async work(signal: AbortSignal): Promise<void> {
    for (let work = await this.queue.next(); work; work = await this.queue.next()) {
      const { key, trigger } = work;
      const effort: Effort = { decidingMs: 0 };
      try {
        await this.turn(work, effort, signal);
      } catch (error) {
        this.failed(key, trigger, error, signal);
      } finally {
        this.queue.done(key, restAfter(effort.decidingMs));
      }
    }
  }

  private async turn({ key, trigger }: Work, effort: Effort, signal: AbortSignal): Promise<void> {
    await this.writes.seen(key, signal);
    const requeueAfterMs =
      'reconcile' in this.controller
        ? await this.reconcile(this.controller, key, trigger, signal)
        : await this.decide(this.controller, key, trigger, effort, signal);
    this.queue.forget(key);
    if (requeueAfterMs !== undefined) this.queue.addAfter(key, requeueAfterMs, weakened(trigger));
  }

  private async decide(
    controller: Controller,
    key: string,
    trigger: Trigger | undefined,
    effort: Effort,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const began = performance.now();
    const { namespace, name } = splitKey(key);
    const object = this.read(controller.reconciles).get(namespace, name);
    const world = object
      ? controller.observe(object, this.read)
      : controller.observeAbsent?.({ namespace, name }, this.read);
    if (world === undefined) return undefined;
    const plan = controller.decide(world, this.options.now?.() ?? new Date());
    effort.decidingMs = performance.now() - began;
    await this.executor.carryOut(plan, this.execution(key, trigger, signal, object));
    return plan.requeueAfterMs;
  }

  private async reconcile(
    controller: ReconcilingController,
    key: string,
    trigger: Trigger | undefined,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { client, recorder } = this.options;
    const work: Reconciliation = {
      key,
      cause: trigger?.cause,
      actAs: this.actAs,
      client,
      read: this.read,
      tell: (event) => recorder.record(event, { component: controller.name, actAs: this.actAs }, trigger?.cause),
      carryOut: (plan, object) => this.executor.carryOut(plan, this.execution(key, trigger, signal, object)),
    };
    const result = await controller.reconcile(work, signal);
    return result?.requeueAfterMs;
  }

  private execution(
    key: string,
    trigger: Trigger | undefined,
    signal: AbortSignal,
    object: KubeObject | undefined,
  ): PlanExecution {
    return { key, type: this.controller.reconciles as ResourceType, object, cause: trigger?.cause, signal };
  }

  private failed(key: string, trigger: Trigger | undefined, error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.queue.retry(key, weakened(trigger));
    const fields = {
      controller: this.controller.name,
      key,
      failures: this.queue.failuresOf(key),
      err: messageOf(error),
    };
    // Somebody else wrote first: the next look decides on what is there now.
    if (hasReason(error, 'Conflict')) this.options.logger.debug(fields, 'conflict, looking again');
    else this.options.logger.warn(fields, 'reconciliation failed, trying again');
  }
}

/** How long it took to see what a key needs, with everything else waiting. */
interface Effort {
  decidingMs: number;
}

const easyMs = 2;
const longestRestMs = 250;

/**
 * What is hard to decide (a ReplicaSet of 10,000 pods that start one by one) takes at most a fifth of the process's time: meanwhile its
 * triggers gather, and many become one. Milliseconds.
 */
export const restAfter = (decidingMs: number): number =>
  decidingMs < easyMs ? 0 : Math.min(decidingMs * 4, longestRestMs);

/** The reason for coming back stands until there is a newer one. */
const weakened = (trigger: Trigger | undefined): Trigger | undefined => trigger && { ...trigger, weight: -1 };
