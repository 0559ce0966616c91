import { Counter, Gauge, Histogram, register } from 'prom-client';
import type { Registry } from 'prom-client';

export type AttemptResult = 'scheduled' | 'unschedulable' | 'error';

const exponential = (start: number, factor: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => start * factor ** i);

/** The scheduler's figures under the reference's names, so that its dashboards work. */
export class SchedulerMetrics {
  private readonly attempts: Counter<'result' | 'profile'>;
  private readonly attemptSeconds: Histogram<'result' | 'profile'>;
  private readonly algorithmSeconds: Histogram;
  private readonly podSeconds: Histogram<'attempts'>;
  private readonly podAttempts: Histogram;
  private readonly preemptions: Counter;
  private readonly victims: Histogram;

  constructor(
    sizes: () => Readonly<Record<string, number>>,
    cacheSizes: () => Readonly<Record<string, number>>,
    registry: Registry = register,
  ) {
    const registers = [registry];
    const buckets = exponential(0.001, 2, 15);
    this.attempts = new Counter({
      name: 'scheduler_schedule_attempts_total',
      help: 'Attempts to place a pod, by result',
      labelNames: ['result', 'profile'],
      registers,
    });
    this.attemptSeconds = new Histogram({
      name: 'scheduler_scheduling_attempt_duration_seconds',
      help: 'Time of an attempt, decision and binding',
      labelNames: ['result', 'profile'],
      buckets,
      registers,
    });
    this.algorithmSeconds = new Histogram({
      name: 'scheduler_scheduling_algorithm_duration_seconds',
      help: 'Time of a decision',
      buckets: exponential(0.000_01, 2, 18),
      registers,
    });
    this.podSeconds = new Histogram({
      name: 'scheduler_pod_scheduling_sli_duration_seconds',
      help: 'Time from when a pod was first seen until it was placed',
      labelNames: ['attempts'],
      buckets: exponential(0.01, 2, 20),
      registers,
    });
    this.podAttempts = new Histogram({
      name: 'scheduler_pod_scheduling_attempts',
      help: 'Attempts until a pod was placed',
      buckets: exponential(1, 2, 5),
      registers,
    });
    this.preemptions = new Counter({
      name: 'scheduler_preemption_attempts_total',
      help: 'Attempts to make room by evicting pods',
      registers,
    });
    this.victims = new Histogram({
      name: 'scheduler_preemption_victims',
      help: 'Pods evicted at once',
      buckets: exponential(1, 2, 7),
      registers,
    });
    sized('scheduler_pending_pods', 'Pods that wait for a node, by queue', 'queue', sizes, registry);
    sized('scheduler_cache_size', 'Nodes and pods in the snapshot', 'type', cacheSizes, registry);
  }

  attempted(result: AttemptResult, seconds: number): void {
    const labels = { result, profile: 'default-scheduler' };
    this.attempts.inc(labels);
    this.attemptSeconds.observe(labels, seconds);
  }

  decided(seconds: number): void {
    this.algorithmSeconds.observe(seconds);
  }

  placed(attempts: number, seconds: number): void {
    this.podAttempts.observe(attempts);
    this.podSeconds.observe({ attempts: attempts >= 15 ? '15+' : String(attempts) }, seconds);
  }

  triedPreemption(): void {
    this.preemptions.inc();
  }

  preempted(victims: number): void {
    this.victims.observe(victims);
  }
}

function sized(
  name: string,
  help: string,
  label: string,
  values: () => Readonly<Record<string, number>>,
  registry: Registry,
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      for (const [key, value] of Object.entries(values())) this.set({ [label]: key }, value);
    },
  });
}
