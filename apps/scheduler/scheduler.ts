import { setImmediate as letOthersRun } from 'node:timers/promises';
import { EventRecorder, type ApiClient, type Cause, type Informers } from '@shiplog/client';
import type { HealthCheck, Logger } from '@shiplog/component-base';
import { dropsToldTo } from '@shiplog/controller-runtime';
import { hasReason } from '@shiplog/domain';
import { ClusterFeed, schedulerCaches, type SchedulerCaches } from './cluster-feed.js';
import { ClusterSnapshot } from './cluster-snapshot/cluster-snapshot.js';
import { unavailableText, type Diagnosis } from './diagnosis.js';
import { Nominations } from './framework/nominations.js';
import type { WeightedPlugin } from './framework/plugin.js';
import { podRecord, type PodRecord } from './framework/pod-record.js';
import type { SchedulerMetrics } from './metrics.js';
import { PodWrites } from './pod-writes.js';
import { planPreemption } from './preemption/preemption.js';
import { PodScheduling } from './schedule-pod.js';
import { podStage } from './scheduling-queue/pod-stage.js';
import { SchedulingQueue, type QueuedPod } from './scheduling-queue/scheduling-queue.js';
import { Alarm } from './scheduling-queue/alarm.js';

export interface SchedulerParts {
  readonly informers: Informers;
  readonly client: ApiClient;
  readonly plugins: readonly WeightedPlugin[];
  readonly logger: Logger;
  readonly metricsOf: (scheduler: Scheduler) => SchedulerMetrics;
  readonly percentageOfNodesToScore: number;
  readonly maxBindsInFlight: number;
}

/** Decisions are made without a pause for at most this long; then answers from outside are let in. */
const stretchMs = 8;
const flushEveryMs = 30_000;

/** Takes one waiting pod after the other, decides where it goes, and binds it: decisions one at a time, bindings many at once. */
export class Scheduler {
  readonly snapshot = new ClusterSnapshot();
  readonly queue: SchedulingQueue;
  readonly assumed = new Map<string, string>();
  private readonly nominations = new Nominations();
  private readonly scheduling: PodScheduling;
  private readonly caches: SchedulerCaches;
  private readonly metrics: SchedulerMetrics;
  private readonly alarm = new Alarm();
  private readonly writing = new Set<Promise<void>>();
  private binding = 0;

  constructor(private readonly parts: SchedulerParts) {
    const { plugins, percentageOfNodesToScore, informers } = parts;
    this.queue = new SchedulingQueue({
      retryOn: new Map(plugins.map(({ plugin }) => [plugin.name, plugin.retryOn])),
      entered: (queue, why) => this.metrics.entered(queue, why),
    });
    this.caches = schedulerCaches(informers);
    this.metrics = parts.metricsOf(this);
    this.scheduling = new PodScheduling({
      plugins,
      percentageOfNodesToScore,
      passed: (point, fits, ms) => this.metrics.passed(point, fits ? 'Success' : 'Unschedulable', ms / 1000),
    });
  }

  /** Ready: the snapshot shows the present. */
  readonly readiness: readonly HealthCheck[] = [
    { name: 'informer-sync', check: (signal) => this.parts.informers.whenSynced(signal) },
  ];

  /** Works until aborted, then waits for the writes under way. */
  async run(signal: AbortSignal): Promise<void> {
    const { informers, client, logger } = this.parts;
    const recorder = new EventRecorder(client, signal, dropsToldTo(logger));
    const writes = new PodWrites(client, recorder, () => new Date(), signal);
    const following = informers.run(signal);
    await informers.whenSynced(signal).catch(() => undefined);
    const { snapshot, queue, nominations, assumed } = this;
    new ClusterFeed({ snapshot, queue, nominations, assumed }, Date.now, () => this.alarm.ring()).attach(this.caches);
    logger.info({ nodes: snapshot.nodeCount, ...queue.sizes }, 'scheduling');
    await this.work(writes, signal);
    await Promise.allSettled(this.writing);
    await following;
  }

  private async work(writes: PodWrites, signal: AbortSignal): Promise<void> {
    let flushedAt = Date.now();
    let stretchBegan = performance.now();
    while (!signal.aborted) {
      const now = Date.now();
      if (now - flushedAt >= flushEveryMs) {
        this.queue.flushForgotten(now);
        flushedAt = now;
      }
      const next = this.binding < this.parts.maxBindsInFlight ? this.queue.pop(now) : undefined;
      if (next === undefined) {
        await this.alarm.wait(this.msUntilWork(now, flushedAt), signal);
        stretchBegan = performance.now();
        continue;
      }
      this.attempt(next, writes);
      if (performance.now() - stretchBegan < stretchMs) continue;
      await letOthersRun();
      stretchBegan = performance.now();
    }
  }

  private msUntilWork(now: number, flushedAt: number): number {
    const flush = flushedAt + flushEveryMs - now;
    const backoffEnd = this.queue.nextBackoffEnd;
    const isFull = this.binding >= this.parts.maxBindsInFlight;
    return Math.max(1, isFull || backoffEnd === undefined ? flush : Math.min(flush, backoffEnd - now));
  }

  private attempt(pod: QueuedPod, writes: PodWrites): void {
    const began = performance.now();
    const decision = this.scheduling.decide(pod.record, this.snapshot, this.nominations);
    this.metrics.decided((performance.now() - began) / 1000);
    const cause = this.causeOf(pod.record);
    if (decision.node === undefined) {
      this.rejected(pod, decision.diagnosis, writes, cause);
      this.metrics.attempted('unschedulable', (performance.now() - began) / 1000);
      return;
    }
    this.snapshot.placePod(pod.record, decision.node);
    this.assumed.set(pod.key, pod.record.uid);
    this.nominations.remove(pod.key);
    this.binding++;
    this.keep(this.bind(pod, decision.node, writes, cause, began));
  }

  private async bind(
    pod: QueuedPod,
    node: string,
    writes: PodWrites,
    cause: Cause | undefined,
    began: number,
  ): Promise<void> {
    const asked = performance.now();
    try {
      await writes.bind(pod.record, node, cause);
      this.metrics.passed('Bind', 'Success', (performance.now() - asked) / 1000);
      this.metrics.attempted('scheduled', (performance.now() - began) / 1000);
      this.metrics.placed(pod.attempts, (Date.now() - pod.since) / 1000);
    } catch (error) {
      this.metrics.passed('Bind', 'Error', (performance.now() - asked) / 1000);
      this.metrics.attempted('error', (performance.now() - began) / 1000);
      this.bindFailed(pod, error);
    } finally {
      this.binding--;
      this.alarm.ring();
    }
  }

  /** The place is free again. The pod is tried again unless it is gone, or somebody else has placed it. */
  private bindFailed(pod: QueuedPod, error: unknown): void {
    const { key, record } = pod;
    this.parts.logger.warn({ pod: key, error: textOf(error) }, 'binding failed');
    if (this.assumed.get(key) !== record.uid) return;
    this.assumed.delete(key);
    this.snapshot.removePod(key);
    this.queue.onEvent({ type: 'podDeleted', pod: record }, Date.now());
    const current = this.caches.pods.lister.get(record.namespace, record.name);
    const isSame = current?.metadata.uid === record.uid;
    if (current === undefined || podStage(current) !== 'pending' || (isSame && hasReason(error, 'NotFound'))) return;
    const latest = podRecord(current);
    if (isSame) this.queue.retryLater({ ...pod, record: latest }, Date.now());
    else this.queue.add(latest, Date.now());
  }

  private rejected(pod: QueuedPod, diagnosis: Diagnosis, writes: PodWrites, cause: Cause | undefined): void {
    const { record } = pod;
    this.metrics.triedPreemption();
    const asked = performance.now();
    const plan = planPreemption(record, diagnosis, this.nominations, this.snapshot, this.parts.plugins, Math.random);
    const status = plan.node === undefined ? 'Unschedulable' : 'Success';
    this.metrics.passed('PostFilter', status, (performance.now() - asked) / 1000);
    const wasNominated = this.nominations.nodeNameOf(pod.key);
    const message = unavailableText(diagnosis, plan.node === undefined ? plan.why : '');
    this.queue.reject(pod, new Set(diagnosis.plugins), Date.now());
    if (plan.node === undefined) {
      const clears = !plan.keepsNomination && wasNominated !== undefined;
      if (clears) this.nominations.remove(pod.key);
      this.keep(writes.reportUnschedulable(record, message, clears ? '' : undefined, cause));
      return;
    }
    const { node, victims } = plan;
    this.metrics.preempted(victims.length);
    for (const lower of this.nominations.below(record, node)) {
      this.nominations.remove(lower.key);
      this.keep(writes.clearNomination(lower, cause));
    }
    this.nominations.set(record, node);
    for (const victim of victims) this.keep(writes.evict(victim, record, node, cause));
    this.keep(writes.reportUnschedulable(record, message, node, cause));
  }

  private causeOf({ namespace, name }: PodRecord): Cause | undefined {
    return this.caches.pods.lister.recorded(namespace, name)?.cause;
  }

  /** Lets a write go on by itself; a pod that is gone meanwhile is no fault. */
  private keep(write: Promise<void>): void {
    const kept = write
      .catch((error: unknown) => {
        if (!hasReason(error, 'NotFound')) this.parts.logger.warn({ error: textOf(error) }, 'write failed');
      })
      .finally(() => this.writing.delete(kept));
    this.writing.add(kept);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
