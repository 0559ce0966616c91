import type { Cause } from '@shiplog/client';
import type { PodStatus } from '@shiplog/domain';
import type { ObservedContainer, ObservedPod } from '../runtime/pod-runtime.js';
import { startContainer } from './container-start.js';
import { ContainerStops } from './container-stops.js';
import type { WaitingReason } from './container.status.js';
import { containersOf, isDeleting, isTerminal, keyOf, type PodContainer, type StoredPod } from './pod.js';
import { SetupError, type PodHost, type PodProbes } from './pod-host.js';
import { planPod, usableSandbox, type PodAction, type PodPlan } from './pod.plan.js';
import { allStopped, podStatus } from './pod.status.js';
import { removePod } from './pod-removal.js';
import { StatusWriter } from './status-writer.js';

const retryDelay = 1_000;
const longestRetryDelay = 10_000;

/**
 * Drives one pod: looks at what runs, decides, acts, reports, until the pod is gone. One pass at a time; whatever happens
 * meanwhile leads to another pass.
 */
export class PodWorker {
  private observed: ObservedPod | undefined;
  private failure: WaitingReason | undefined;
  private admitted = false;
  private readonly waiting = new Map<string, WaitingReason>();
  private readonly messages = new Map<string, string | undefined>();
  private readonly probes: PodProbes;
  private readonly stops: ContainerStops;
  private readonly statusWriter: StatusWriter;
  private readonly abort = new AbortController();
  private pull = new AbortController();
  private isGone = false;
  private isDirty = false;
  private isRunning = false;
  private failedPasses = 0;
  private timer: NodeJS.Timeout | undefined;
  private retryAt = Infinity;

  constructor(
    private readonly host: PodHost,
    private pod: StoredPod,
    cause: Cause,
    private readonly onRemoved: () => void,
  ) {
    this.probes = host.probesOf(pod.metadata.uid, () => this.wake());
    this.stops = new ContainerStops(host, () => this.wake());
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
    return this.observed;
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
    if (this.isGone || isDeleting(this.pod) || this.isOver || !this.observed?.sandboxes[0]?.ready) return;
    await this.host.environment.prepare({ ...this.pod, status: this.reported }, this.abort.signal);
  }

  wake(): void {
    this.isDirty = true;
    if (!this.isRunning && !this.abort.signal.aborted) void this.run();
  }

  /** Stops driving; what runs goes on running. */
  close(): void {
    this.abort.abort(new Error('the node-agent is stopping'));
    this.pull.abort(this.abort.signal.reason);
    clearTimeout(this.timer);
    this.probes.stop();
    this.statusWriter.close();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.isDirty && !this.abort.signal.aborted) {
      this.isDirty = false;
      this.retryAt = Infinity;
      try {
        await this.pass();
        this.failedPasses = 0;
      } catch (error) {
        if (this.abort.signal.aborted) break;
        this.failedPasses += 1;
        this.host.log.warn({ pod: keyOf(this.pod), err: error }, 'pod pass failed');
        this.lookAgainAt(this.host.now() + Math.min(retryDelay * 2 ** (this.failedPasses - 1), longestRetryDelay));
      }
    }
    this.isRunning = false;
    this.armTimer();
  }

  private async pass(): Promise<void> {
    const observed = await this.observe();
    this.probes.follow(this.pod, observed);
    if (this.isGone || isDeleting(this.pod)) return this.terminate(observed);
    this.judge(observed);
    if (this.isOver) return this.finish(observed);
    return this.keepRunning(observed);
  }

  private async observe(): Promise<ObservedPod> {
    const seen = await this.host.runtime.observe(this.pod.metadata.uid);
    const containers = await Promise.all(seen.containers.map((container) => this.withMessage(container)));
    this.observed = { ...seen, containers };
    return this.observed;
  }

  private async withMessage(container: ObservedContainer): Promise<ObservedContainer> {
    if (container.state !== 'exited') return container;
    if (!this.messages.has(container.id))
      this.messages.set(container.id, await this.host.terminationMessage(this.pod, container));
    return { ...container, message: this.messages.get(container.id) ?? container.message };
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
    if (this.host.now() < deadline) return this.lookAgainAt(deadline);
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
      restartAt: (container, exitedAt) =>
        this.host.restartBackoff.waitUntil(this.backoffKey(container), exitedAt, this.host.now()),
    });
    this.explainBackoff(plan);
    this.report(observed, plan.actions.length > 0);
    if (plan.retryAt !== undefined) this.lookAgainAt(plan.retryAt);
    let acted = false;
    for (const action of plan.actions) acted = (await this.perform(action, observed)) || acted;
    if (acted) this.isDirty = true;
    else this.report(observed);
  }

  private explainBackoff({ backingOff }: PodPlan): void {
    for (const [name, { reason }] of this.waiting)
      if (reason === 'CrashLoopBackOff' && !backingOff.includes(name)) this.waiting.delete(name);
    for (const name of backingOff) {
      const container = this.containerNamed(name);
      const isNew = this.waiting.get(name)?.reason !== 'CrashLoopBackOff';
      const delay = container ? this.host.restartBackoff.delay(this.backoffKey(container)) / 1000 : 0;
      const where = `container=${name} pod=${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`;
      this.waiting.set(name, {
        reason: 'CrashLoopBackOff',
        message: `back-off ${durationOf(delay)} restarting failed ${where}`,
      });
      if (isNew && container)
        this.host.events.record(
          this.pod,
          'Warning',
          'BackOff',
          `Back-off restarting failed container ${name} in pod ${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`,
          container,
        );
    }
  }

  /** Performs one step; false if it was under way already or has to wait, so that looking again at once would be idle. */
  private async perform(action: PodAction, observed: ObservedPod): Promise<boolean> {
    const { runtime, environment } = this.host;
    switch (action.type) {
      case 'createSandbox':
        return this.createSandbox(action.attempt);
      case 'stopSandbox':
        await runtime.stopSandbox(action.id);
        return true;
      case 'removeSandbox':
        await runtime.removeSandbox(action.id);
        return true;
      case 'removeContainer':
        await runtime.removeContainer(action.id);
        this.messages.delete(action.id);
        return true;
      case 'stopContainer':
        this.stops.stop(this.pod, action);
        return false;
      case 'startContainer':
        return this.start(action, observed, environment);
    }
  }

  private async createSandbox(attempt: number): Promise<boolean> {
    const { runtime, environment, events } = this.host;
    try {
      await environment.prepare(this.pod, this.pull.signal);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      events.record(this.pod, 'Warning', error.reason, error.message);
      this.lookAgainAt(this.host.now() + 2 * retryDelay);
      return false;
    }
    try {
      await runtime.runSandbox(environment.sandboxSpec(this.pod, attempt));
      return true;
    } catch (error) {
      events.record(this.pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${messageOf(error)}`);
      throw error;
    }
  }

  private async start(
    { container, attempt, sandboxId, failedAt }: Extract<PodAction, { type: 'startContainer' }>,
    observed: ObservedPod,
    environment: PodHost['environment'],
  ): Promise<boolean> {
    const podIps = usableSandbox({ pod: this.pod, observed })?.ips ?? [];
    const now = this.host.now();
    if (failedAt !== undefined) this.host.restartBackoff.tried(this.backoffKey(container), failedAt, now);
    const outcome = await startContainer(this.host, this.pod, container, this.pull.signal, () => ({
      sandboxId,
      sandbox: environment.sandboxSpec(this.pod, observed.sandboxes[0]?.attempt ?? 0),
      spec: environment.containerSpec(
        this.pod,
        container,
        attempt,
        podIps.length > 0 ? podIps : this.host.nodeIps,
        observed,
      ),
    }));
    if (outcome === 'started') {
      this.waiting.delete(container.spec.name);
      return true;
    }
    this.waiting.set(container.spec.name, outcome.waiting);
    this.lookAgainAt(outcome.retryAt);
    return outcome.created;
  }

  /** The pod has ended: what still runs stops, its volumes are let go, its containers stay for their logs. */
  private async finish(observed: ObservedPod): Promise<void> {
    if (!(await this.stopEverything(observed))) return;
    for (const { id, ready } of observed.sandboxes) if (ready) await this.host.runtime.stopSandbox(id);
    this.report(await this.observe());
    await this.host.environment.releaseVolumes(this.pod.metadata.uid);
  }

  private async terminate(observed: ObservedPod): Promise<void> {
    if (!(await this.stopEverything(observed))) return;
    if (!this.isGone) {
      this.report(observed);
      await this.statusWriter.flush(this.abort.signal);
    }
    await removePod(this.host, this.pod, observed, this.isGone ? undefined : this.statusWriter.cause);
    this.close();
    this.onRemoved();
  }

  /** Sends what runs its end; true once nothing runs. */
  private async stopEverything(observed: ObservedPod): Promise<boolean> {
    this.stops.stopAll(this.pod, observed);
    if (!this.isGone) this.report(observed);
    return Promise.resolve(allStopped(observed));
  }

  /** `isPassing`: what is about to be done may make it another status at once. */
  private report(observed: ObservedPod, isPassing = false): void {
    if (this.isGone) return;
    const status = podStatus({
      pod: { ...this.pod, status: this.reported },
      observed,
      now: this.host.now(),
      nodeIps: this.host.nodeIps,
      waiting: this.waiting,
      failure: this.failure,
      health: (id) => this.probes.health(id),
    });
    if (isPassing) this.statusWriter.writeIfItLasts(status);
    else this.statusWriter.write(status);
    // A pod whose containers have all ended for good ends itself; its next pass lets its sandbox and volumes go.
    if (!isTerminal(this.pod) && (status.phase === 'Succeeded' || status.phase === 'Failed') && !isDeleting(this.pod)) {
      this.pod = { ...this.pod, status };
      this.isDirty = true;
    }
  }

  private lookAgainAt(time: number): void {
    this.retryAt = Math.min(this.retryAt, time);
  }

  private armTimer(): void {
    clearTimeout(this.timer);
    if (this.retryAt === Infinity || this.abort.signal.aborted) return;
    const delay = Math.min(Math.max(this.retryAt - this.host.now(), 0), 2 ** 31 - 1);
    this.timer = setTimeout(() => this.wake(), delay);
  }

  private containerNamed = (name: string): PodContainer | undefined =>
    containersOf(this.pod).find(({ spec }) => spec.name === name);

  private backoffKey = ({ spec }: PodContainer): string => `${this.pod.metadata.uid}/${spec.name}/${spec.image ?? ''}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Seconds as Go writes a duration: `10s`, `1m20s`, `5m0s`. */
export const durationOf = (seconds: number): string =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
