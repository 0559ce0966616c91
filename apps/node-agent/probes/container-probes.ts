import type { Probe } from '@shiplog/domain';
import type { PodContainer } from '../pods/pod.js';
import type { ContainerHealth } from '../pods/pod.plan.js';
import { initialState, nextState, type ProbeKind, type ProbeOutcome, type ProbeState } from './probe-state.js';

export interface ContainerProbesOptions {
  readonly container: PodContainer;
  readonly startedAt: number;
  /** What is known of this very run from an earlier agent. */
  readonly before?: { readonly started: boolean; readonly ready: boolean };
  now(): number;
  attempt(kind: ProbeKind, probe: Probe): Promise<ProbeOutcome>;
  onChange(): void;
  onFailure(kind: ProbeKind, outcome: ProbeOutcome): void;
}

/** The probes of one run of a container: startup first, then liveness and readiness side by side, each in its own rhythm. */
export class ContainerProbes {
  private readonly states = new Map<ProbeKind, ProbeState>();
  private readonly timers = new Map<ProbeKind, NodeJS.Timeout>();
  private readonly probes: Readonly<Partial<Record<ProbeKind, Probe>>>;
  private isStopped = false;

  constructor(private readonly options: ContainerProbesOptions) {
    const { spec, role } = options.container;
    this.probes =
      role === 'init' || role === 'ephemeral'
        ? {}
        : { startup: spec.startupProbe, liveness: spec.livenessProbe, readiness: spec.readinessProbe };
    if (options.before?.started) this.states.set('startup', { verdict: 'success', streak: 0 });
    if (options.before?.ready) this.states.set('readiness', { verdict: 'success', streak: 0 });
    if (this.hasStarted) this.startOthers();
    else this.schedule('startup');
  }

  get health(): ContainerHealth {
    const started = this.hasStarted;
    const failed = (['startup', 'liveness'] as const).find(
      (kind) => this.probes[kind] && this.state(kind).verdict === 'failure',
    );
    const ready = started && (!this.probes.readiness || this.state('readiness').verdict === 'success');
    return { started, ready, ...(failed ? { failed } : {}) };
  }

  /** A pod that is ending is no longer asked whether it lives, only whether it is ready. */
  endLiveness(): void {
    for (const kind of ['startup', 'liveness'] as const) {
      clearTimeout(this.timers.get(kind));
      this.timers.delete(kind);
    }
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private get hasStarted(): boolean {
    return !this.probes.startup || this.state('startup').verdict === 'success';
  }

  private state = (kind: ProbeKind): ProbeState => this.states.get(kind) ?? initialState(kind);

  private startOthers(): void {
    this.schedule('liveness');
    this.schedule('readiness');
  }

  private schedule(kind: ProbeKind, delay?: number): void {
    const probe = this.probes[kind];
    if (!probe || this.isStopped) return;
    const { startedAt, now } = this.options;
    const first = startedAt + (probe.initialDelaySeconds ?? 0) * 1000 - now();
    this.timers.set(
      kind,
      setTimeout(() => void this.run(kind, probe), delay ?? Math.max(0, first)),
    );
  }

  private async run(kind: ProbeKind, probe: Probe): Promise<void> {
    const outcome = await this.options.attempt(kind, probe).catch((error: unknown): ProbeOutcome => ({
      result: 'unknown',
      output: error instanceof Error ? error.message : String(error),
    }));
    if (this.isStopped || !this.timers.has(kind)) return;
    if (outcome.result !== 'success') this.options.onFailure(kind, outcome);
    const before = this.state(kind);
    const after = nextState(before, outcome, probe);
    this.states.set(kind, after);
    const isOver = kind === 'startup' && after.verdict === 'success';
    if (isOver) this.startOthers();
    // After a verdict that ends the container there is nothing more to learn about it.
    else if (kind === 'readiness' || after.verdict !== 'failure')
      this.schedule(kind, (probe.periodSeconds ?? 10) * 1000);
    if (before.verdict !== after.verdict) this.options.onChange();
  }
}
