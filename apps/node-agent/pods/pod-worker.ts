import type { Cause } from '@shiplog/client';
import type { PodStatus } from '@shiplog/domain';
import type { ObservedPod } from '../runtime/pod-runtime.js';
import { ContainerStops } from './container-stops.js';
import type { WaitingReason } from './container.status.js';
import { Passes } from './passes.js';
import { isDeleting, isTerminal, keyOf, type StoredPod } from './pod.js';
import { PodActions } from './pod-actions.js';
import type { PodHost, PodProbes } from './pod-host.js';
import { PodObserver } from './pod-observer.js';
import { planPod } from './pod.plan.js';
import { allStopped, podStatus } from './pod.status.js';
import { removePod } from './pod-removal.js';
import { StatusWriter } from './status-writer.js';
import { WaitingContainers } from './waiting-containers.js';

/**
 * Drives one pod: looks at what runs, decides, acts, reports, until the pod is gone. One pass at a time; whatever happens
 * meanwhile leads to another pass.
 */
export class PodWorker {
  private failure: WaitingReason | undefined;
  private admitted = false;
  private readonly passes: Passes;
  private readonly observer: PodObserver;
  private readonly waiting: WaitingContainers;
  private readonly actions: PodActions;
  private readonly probes: PodProbes;
  private readonly stops: ContainerStops;
  private readonly statusWriter: StatusWriter;
  private readonly abort = new AbortController();
  private pull = new AbortController();
  private isGone = false;

  constructor(
    private readonly host: PodHost,
    private pod: StoredPod,
    cause: Cause,
    private readonly onRemoved: () => void,
  ) {
    const onFailure = (error: unknown): void => host.log.warn({ pod: keyOf(this.pod), err: error }, 'pod pass failed');
    this.passes = new Passes(
      () => this.pass(),
      onFailure,
      () => host.now(),
    );
    this.observer = new PodObserver(host);
    this.waiting = new WaitingContainers(host);
    this.probes = host.probesOf(pod.metadata.uid, () => this.wake());
    this.stops = new ContainerStops(host, () => this.wake());
    const { stops, observer, waiting } = this;
    this.actions = new PodActions(host, {
      ...{ stops, observer, waiting },
      lookAgainAt: (time) => this.passes.lookAgainAt(time),
    });
    this.statusWriter = new StatusWriter(host, pod, cause);
  }

  get current(): StoredPod {
    return this.pod;
  }

  /** The pod as last reported, which may be ahead of what the API has told. */
  get reported(): PodStatus | undefined {
    return this.statusWriter.latest ?? this.pod.status;
  }

  get lastObserved(): ObservedPod | undefined {
    return this.observer.last;
  }

  get isOver(): boolean {
    return this.failure !== undefined || isTerminal(this.pod);
  }

  update(pod: StoredPod, cause: Cause): void {
    this.pod = pod;
    this.statusWriter.follow(pod, cause);
    if (isDeleting(pod)) this.pull.abort(new Error('the pod is being deleted'));
    this.wake();
  }

  /** The pod is no longer in the API: it ends here without a word to it. */
  vanish(): void {
    this.isGone = true;
    this.pull.abort(new Error('the pod was deleted'));
    this.wake();
  }

  /** Brings the contents of the pod's volumes up to date, if it lives. */
  async refresh(): Promise<void> {
    if (this.isGone || isDeleting(this.pod) || this.isOver || !this.lastObserved?.sandboxes[0]?.ready) return;
    await this.host.environment.prepare({ ...this.pod, status: this.reported }, this.abort.signal);
  }

  wake(): void {
    this.passes.wake();
  }

  /** Stops driving; what runs goes on running. */
  close(): void {
    this.abort.abort(new Error('the node-agent is stopping'));
    this.pull.abort(this.abort.signal.reason);
    this.passes.close();
    this.probes.stop();
    this.statusWriter.close();
  }

  private async pass(): Promise<void> {
    const observed = await this.observer.observe(this.pod);
    this.probes.follow(this.pod, observed);
    if (this.isGone || isDeleting(this.pod)) return this.terminate(observed);
    this.judge(observed);
    if (this.isOver) return this.finish(observed);
    return this.keepRunning(observed);
  }

  /** Decides whether the pod may (still) run here. */
  private judge(observed: ObservedPod): void {
    if (this.isOver) return;
    const { spec, status } = this.pod;
    if (!this.admitted && observed.sandboxes.length === 0 && !status?.startTime) {
      this.failure = this.host.admit(this.pod);
      if (this.failure) this.host.events.record(this.pod, 'Warning', this.failure.reason, this.failure.message ?? '');
    }
    this.admitted = true;
    const startTime = this.reported?.startTime;
    if (spec.activeDeadlineSeconds === undefined || !startTime) return;
    const deadline = Date.parse(startTime) + spec.activeDeadlineSeconds * 1000;
    if (this.host.now() < deadline) return this.passes.lookAgainAt(deadline);
    this.failure = {
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    };
    this.host.events.record(this.pod, 'Normal', 'DeadlineExceeded', this.failure.message ?? '');
  }

  private async keepRunning(observed: ObservedPod): Promise<void> {
    if (this.pull.signal.aborted) this.pull = new AbortController();
    const plan = planPod({
      pod: this.pod,
      observed,
      now: this.host.now(),
      health: (id) => this.probes.health(id),
      restartAt: (container, exitedAt) => this.waiting.restartAt(this.pod, container, exitedAt),
    });
    this.waiting.explainBackoff(this.pod, plan.backingOff);
    this.report(observed, plan.actions.length > 0);
    if (plan.retryAt !== undefined) this.passes.lookAgainAt(plan.retryAt);
    let acted = false;
    for (const action of plan.actions)
      acted = (await this.actions.perform(this.pod, action, observed, this.pull.signal)) || acted;
    if (acted) this.wake();
    else this.report(observed);
  }

  /** The pod has ended: what still runs stops, its volumes are let go, its containers stay for their logs. */
  private async finish(observed: ObservedPod): Promise<void> {
    if (!this.stopEverything(observed)) return;
    for (const { id, ready } of observed.sandboxes) if (ready) await this.host.runtime.stopSandbox(id);
    this.report(await this.observer.observe(this.pod));
    await this.host.environment.releaseVolumes(this.pod.metadata.uid);
  }

  private async terminate(observed: ObservedPod): Promise<void> {
    if (!this.stopEverything(observed)) return;
    if (!this.isGone) {
      this.report(observed);
      await this.statusWriter.flush(this.abort.signal);
    }
    await removePod(this.host, this.pod, observed, this.isGone ? undefined : this.statusWriter.cause);
    this.close();
    this.onRemoved();
  }

  /** Sends what runs its end; true once nothing runs. */
  private stopEverything(observed: ObservedPod): boolean {
    this.stops.stopAll(this.pod, observed);
    if (!this.isGone) this.report(observed);
    return allStopped(observed);
  }

  /** `isPassing`: what is about to be done may make it another status at once. */
  private report(observed: ObservedPod, isPassing = false): void {
    if (this.isGone) return;
    const status = podStatus({
      pod: { ...this.pod, status: this.reported },
      observed,
      now: this.host.now(),
      nodeIps: this.host.nodeIps,
      waiting: this.waiting.reasons,
      failure: this.failure,
      health: (id) => this.probes.health(id),
    });
    if (isPassing) this.statusWriter.writeIfItLasts(status);
    else this.statusWriter.write(status);
    // A pod whose containers have all ended for good ends itself; its next pass lets its sandbox and volumes go.
    if (!isTerminal(this.pod) && (status.phase === 'Succeeded' || status.phase === 'Failed') && !isDeleting(this.pod)) {
      this.pod = { ...this.pod, status };
      this.wake();
    }
  }
}
