import type { Cause } from '@shiplog/client';
import { removeOrphan } from './orphan.js';
import type { StoredPod } from './pod.js';
import type { Every } from '../node/every.js';
import type { Feed } from '../node/feed.js';
import type { ObservedPod } from '../runtime/pod-runtime.js';
import type { PodHost } from './pod-host.js';
import { PodWorker } from './pod-worker.js';

const housekeepingPeriod = 10_000;
const refreshPeriod = 40_000;

/** One worker for each pod of this node, and the end of whatever runs here without a pod. */
export class PodWorkers {
  private readonly workers = new Map<string, PodWorker>();
  private readonly orphans = new Set<string>();

  constructor(
    private readonly host: PodHost,
    private readonly pods: Feed<StoredPod>,
    private readonly every: Every,
  ) {}

  /** Follows the API and the runtime until aborted; containers run on after that. */
  async run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.pods.onChange(({ type, current: { object, cause } }) =>
      type === 'deleted' ? this.workers.get(object.metadata.uid)?.vanish() : this.follow(object, cause),
    );
    const watching = this.host.runtime.watch((uid) => this.workers.get(uid)?.wake(), signal);
    try {
      await this.pods.whenSynced(signal);
      await Promise.all([
        this.every(
          housekeepingPeriod,
          signal,
          (error) => this.host.log.warn({ err: error }, 'looking for orphans failed'),
          () => this.endOrphans(),
        ),
        this.every(
          refreshPeriod,
          signal,
          (error) => this.host.log.warn({ err: error }, 'refreshing volumes failed'),
          () => this.refresh(),
        ),
      ]);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      unsubscribe();
      for (const worker of this.workers.values()) worker.close();
    }
    await watching;
  }

  worker(namespace: string, name: string): PodWorker | undefined {
    return this.all().find(({ current: { metadata } }) => metadata.namespace === namespace && metadata.name === name);
  }

  all(): PodWorker[] {
    return [...this.workers.values()];
  }

  /** Pods that hold resources of this node: those that have not ended. */
  active(): StoredPod[] {
    return this.all()
      .filter((worker) => !worker.isOver)
      .map(({ current }) => current);
  }

  private follow(pod: StoredPod, cause: Cause): void {
    const { uid } = pod.metadata;
    const known = this.workers.get(uid);
    if (known) return known.update(pod, cause);
    const worker = new PodWorker(this.host, pod, cause, () => this.workers.delete(uid));
    this.workers.set(uid, worker);
    worker.wake();
  }

  private async refresh(): Promise<void> {
    for (const worker of this.all())
      await worker
        .refresh()
        .catch((error: unknown) =>
          this.host.log.warn({ pod: worker.current.metadata.name, err: error }, 'refreshing volumes failed'),
        );
  }

  /** Whatever of a pod runs or lies here although the API has no such pod. */
  private async endOrphans(): Promise<void> {
    const running = await this.host.runtime.list();
    const leftovers = await this.host.environment.leftovers();
    const dead = leftovers
      .filter(({ uid }) => !running.some((pod) => pod.uid === uid))
      .map((pod): ObservedPod => ({ ...pod, sandboxes: [], containers: [] }));
    for (const pod of [...running, ...dead]) {
      if (this.workers.has(pod.uid) || this.orphans.has(pod.uid)) continue;
      this.orphans.add(pod.uid);
      const { uid, namespace, name } = pod;
      this.host.log.info({ pod: `${namespace}/${name}`, uid }, 'removing a pod that the API does not have');
      void removeOrphan(this.host, pod)
        .catch((error: unknown) => this.host.log.warn({ uid, err: error }, 'removing an orphaned pod failed'))
        .finally(() => this.orphans.delete(uid));
    }
  }
}
