import type { ObservedContainer, ObservedPod } from '../runtime/pod-runtime.js';
import type { StoredPod } from './pod.js';
import type { PodHost } from './pod-host.js';

/** Looks at what runs of one pod. The last words of a container that has ended are read once. */
export class PodObserver {
  private observed: ObservedPod | undefined;
  private readonly messages = new Map<string, string | undefined>();

  constructor(private readonly host: Pick<PodHost, 'runtime' | 'terminationMessage'>) {}

  /** What was seen when it last looked. */
  get last(): ObservedPod | undefined {
    return this.observed;
  }

  async observe(pod: StoredPod): Promise<ObservedPod> {
    const seen = await this.host.runtime.observe(pod.metadata.uid);
    const containers = await Promise.all(seen.containers.map((container) => this.withMessage(pod, container)));
    this.observed = { ...seen, containers };
    return this.observed;
  }

  /** The container has been removed. */
  forget(containerId: string): void {
    this.messages.delete(containerId);
  }

  private async withMessage(pod: StoredPod, container: ObservedContainer): Promise<ObservedContainer> {
    if (container.state !== 'exited') return container;
    if (!this.messages.has(container.id))
      this.messages.set(container.id, await this.host.terminationMessage(pod, container));
    return { ...container, message: this.messages.get(container.id) ?? container.message };
  }
}
