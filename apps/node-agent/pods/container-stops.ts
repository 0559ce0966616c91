import type { ObservedPod } from '../runtime/pod-runtime.js';
import { containersOf, gracePeriodOf, type PodContainer, type StoredPod } from './pod.js';
import type { PodHost } from './pod-host.js';
import type { PodAction, StopCause } from './pod.plan.js';

const retryDelay = 1_000;

/** The stops of one pod that are under way. Each ends in the background and then wakes the pod. */
export class ContainerStops {
  private readonly deadlines = new Map<string, number>();
  private endsAt: number | undefined;

  constructor(
    private readonly host: PodHost,
    private readonly wake: () => void,
  ) {}

  /** Stops one container of a pod that goes on. */
  stop(pod: StoredPod, { container, id, cause }: Extract<PodAction, { type: 'stopContainer' }>): void {
    if (this.deadlines.has(id)) return;
    this.begin(pod, container, id, graceOf(pod, container, cause), stopMessage(container, cause));
  }

  /** Stops all that runs: app containers together, then the sidecars from the last to the first, within the pod's grace period. */
  stopAll(pod: StoredPod, observed: ObservedPod): void {
    const now = this.host.now();
    this.endsAt = Math.min(this.endsAt ?? Infinity, now + gracePeriodOf(pod) * 1000);
    const running = containersOf(pod).flatMap((container) =>
      observed.containers
        .filter(({ name, state }) => name === container.spec.name && (state === 'running' || state === 'unknown'))
        .map(({ id }) => ({ container, id })),
    );
    const apps = running.filter(({ container }) => container.role !== 'sidecar');
    const grace = Math.max(0, Math.ceil((this.endsAt - now) / 1000));
    for (const { container, id } of apps.length > 0 ? apps : running.slice(-1))
      this.begin(pod, container, id, grace, `Stopping container ${container.spec.name}`);
  }

  private begin(pod: StoredPod, container: PodContainer, id: string, graceSeconds: number, message: string): void {
    const deadline = this.host.now() + graceSeconds * 1000;
    const known = this.deadlines.get(id);
    if (known !== undefined && deadline > known - 1_000) return;
    this.deadlines.set(id, deadline);
    if (known === undefined) this.host.events.record(pod, 'Normal', 'Killing', message, container);
    this.host.runtime
      .stopContainer(id, graceSeconds)
      .catch((error: unknown) => {
        this.host.log.warn({ container: id, err: error }, 'stopping a container failed');
        return new Promise((resolve) => setTimeout(resolve, retryDelay));
      })
      .finally(() => {
        this.deadlines.delete(id);
        this.wake();
      });
  }
}

function graceOf(pod: StoredPod, { spec }: PodContainer, cause: StopCause): number {
  const probe =
    cause === 'livenessFailed' ? spec.livenessProbe : cause === 'startupFailed' ? spec.startupProbe : undefined;
  return probe?.terminationGracePeriodSeconds ?? gracePeriodOf(pod);
}

function stopMessage({ spec: { name } }: PodContainer, cause: StopCause): string {
  switch (cause) {
    case 'definitionChanged':
      return `Container ${name} definition changed, will be restarted`;
    case 'livenessFailed':
      return `Container ${name} failed liveness probe, will be restarted`;
    case 'startupFailed':
      return `Container ${name} failed startup probe, will be restarted`;
    case 'podCompleted':
      return `Stopping container ${name}`;
  }
}
