import { messageOf } from '@shiplog/controller-runtime';
import type { ObservedPod } from '../runtime/pod-runtime.js';
import { startContainer } from './container-start.js';
import type { ContainerStops } from './container-stops.js';
import type { StoredPod } from './pod.js';
import { SetupError, type PodHost } from './pod-host.js';
import type { PodObserver } from './pod-observer.js';
import { usableSandbox, type PodAction } from './pod.plan.js';
import type { WaitingContainers } from './waiting-containers.js';

const setupRetryDelay = 2_000;

/** What performing a pod's plan leaves traces in. */
export interface ActionParts {
  readonly stops: ContainerStops;
  readonly observer: PodObserver;
  readonly waiting: WaitingContainers;
  /** Milliseconds since the epoch. */
  readonly lookAgainAt: (time: number) => void;
}

/** Performs the steps of one pod's plan. */
export class PodActions {
  constructor(
    private readonly host: PodHost,
    private readonly parts: ActionParts,
  ) {}

  /** False if the step was under way already or has to wait, so that looking again at once would be idle. */
  async perform(pod: StoredPod, action: PodAction, observed: ObservedPod, signal: AbortSignal): Promise<boolean> {
    const { runtime } = this.host;
    switch (action.type) {
      case 'createSandbox':
        return this.createSandbox(pod, action.attempt, signal);
      case 'stopSandbox':
        await runtime.stopSandbox(action.id);
        return true;
      case 'removeSandbox':
        await runtime.removeSandbox(action.id);
        return true;
      case 'removeContainer':
        await runtime.removeContainer(action.id);
        this.parts.observer.forget(action.id);
        return true;
      case 'stopContainer':
        this.parts.stops.stop(pod, action);
        return false;
      case 'startContainer':
        return this.start(pod, action, observed, signal);
    }
  }

  private async createSandbox(pod: StoredPod, attempt: number, signal: AbortSignal): Promise<boolean> {
    const { runtime, environment, events } = this.host;
    try {
      await environment.prepare(pod, signal);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      events.record(pod, 'Warning', error.reason, error.message);
      this.parts.lookAgainAt(this.host.now() + setupRetryDelay);
      return false;
    }
    try {
      await runtime.runSandbox(environment.sandboxSpec(pod, attempt));
      return true;
    } catch (error) {
      events.record(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${messageOf(error)}`);
      throw error;
    }
  }

  private async start(
    pod: StoredPod,
    { container, attempt, sandboxId, failedAt }: Extract<PodAction, { type: 'startContainer' }>,
    observed: ObservedPod,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { environment, nodeIps } = this.host;
    const { waiting, lookAgainAt } = this.parts;
    const podIps = usableSandbox({ pod, observed })?.ips ?? [];
    if (failedAt !== undefined) waiting.tried(pod, container, failedAt);
    const ips = podIps.length > 0 ? podIps : nodeIps;
    const outcome = await startContainer(this.host, pod, container, signal, () => ({
      sandboxId,
      sandbox: environment.sandboxSpec(pod, observed.sandboxes[0]?.attempt ?? 0),
      spec: environment.containerSpec(pod, container, attempt, ips, observed),
    }));
    if (outcome === 'started') {
      waiting.reasons.delete(container.spec.name);
      return true;
    }
    waiting.reasons.set(container.spec.name, outcome.waiting);
    lookAgainAt(outcome.retryAt);
    return outcome.created;
  }
}
