import { exponential, measured, spreads, tallies, type Spread, type Tally } from '@shiplog/component-base';
import { register, type Registry } from 'prom-client';
import type { EntryReason, QueueName } from './scheduling-queue/scheduling-queue.js';

export type AttemptResult = 'scheduled' | 'unschedulable' | 'error';
/** Where plugins take part in an attempt. What plugins prepare for scoring is counted with it. */
export type ExtensionPoint = 'PreFilter' | 'Filter' | 'PostFilter' | 'Score' | 'Bind';
export type PointStatus = 'Success' | 'Unschedulable' | 'Error';

const profile = 'default-scheduler';
/** From here on attempts are counted together. */
const manyAttempts = 15;

/** What the reference calls the reasons for which pods enter a queue. */
const eventNames: Readonly<Record<EntryReason, string>> = {
  podAdded: 'UnschedulablePodAdd',
  podUpdated: 'UnschedulablePodUpdate',
  attemptFailed: 'ScheduleAttemptFailure',
  backoffEnded: 'BackoffComplete',
  waitedTooLong: 'UnschedulableTimeout',
  nodeAdded: 'NodeAdd',
  nodeAllocatableGrew: 'NodeUpdateNodeAllocatable',
  nodeLabelsChanged: 'NodeUpdateNodeLabel',
  nodeTaintsChanged: 'NodeUpdateNodeTaint',
  podAssigned: 'AssignedPodAdd',
  podDeleted: 'AssignedPodDelete',
  podLabelsChanged: 'PodUpdatePodLabel',
  namespaceChanged: 'NamespaceUpdate',
  workloadChanged: 'WorkloadUpdate',
};

type Sizes = () => Readonly<Record<string, number>>;
type RejectedBy = () => ReadonlyMap<string, number>;

/** The scheduler's figures under the reference's names, so that its dashboards work. Labels are resolved once. */
export class SchedulerMetrics {
  private readonly attempts: Record<AttemptResult, { readonly count: Tally; readonly seconds: Spread }>;
  private readonly algorithmSeconds: Spread;
  private readonly points: (labels: { extension_point: string; status: string; profile: string }) => Spread;
  private readonly pointSeconds = new Map<string, Spread>();
  private readonly podSeconds: (labels: { attempts: string }) => Spread;
  private readonly podAttempts: Spread;
  private readonly preemptions: Tally;
  private readonly victims: Spread;
  private readonly incoming: (labels: { queue: string; event: string }) => Tally;
  private readonly entries = new Map<string, Tally>();

  constructor(sizes: Sizes, cacheSizes: Sizes, rejectedBy: RejectedBy, registry: Registry = register) {
    const about = <Name extends string>(name: string, help: string, labelNames: readonly Name[]) => ({
      ...{ name: `scheduler_${name}`, help, labelNames, registry },
    });
    const counts = tallies(
      about('schedule_attempts_total', 'Attempts to place a pod, by result', ['result', 'profile']),
    );
    const seconds = spreads({
      ...about('scheduling_attempt_duration_seconds', 'Time of an attempt, with binding', ['result', 'profile']),
      buckets: exponential(0.001, 2, 15),
    });
    const of = (result: AttemptResult) => ({
      count: counts({ result, profile }),
      seconds: seconds({ result, profile }),
    });
    this.attempts = { scheduled: of('scheduled'), unschedulable: of('unschedulable'), error: of('error') };
    this.algorithmSeconds = spreads({
      ...about('scheduling_algorithm_duration_seconds', 'Time of a decision', []),
      buckets: exponential(0.000_01, 2, 18),
    })({});
    this.points = spreads({
      ...about('framework_extension_point_duration_seconds', 'Time of all plugins of an extension point, for one pod', [
        ...(['extension_point', 'status', 'profile'] as const),
      ]),
      buckets: exponential(0.000_01, 2, 15),
    });
    this.podSeconds = spreads({
      ...about('pod_scheduling_sli_duration_seconds', 'Time from when a pod was first seen until it was placed', [
        'attempts',
      ]),
      buckets: exponential(0.01, 2, 20),
    });
    this.podAttempts = spreads({
      ...about('pod_scheduling_attempts', 'Attempts until a pod was placed', []),
      buckets: exponential(1, 2, 5),
    })({});
    this.preemptions = tallies(about('preemption_attempts_total', 'Attempts to make room by evicting pods', []))({});
    this.victims = spreads({
      ...about('preemption_victims', 'Pods evicted at once', []),
      buckets: exponential(1, 2, 7),
    })({});
    measured(about('pending_pods', 'Pods that wait for a node, by queue', ['queue']), () =>
      Object.entries(sizes()).map(([queue, size]) => [{ queue }, size] as const),
    );
    this.incoming = tallies(about('queue_incoming_pods_total', 'Pods that entered a queue', ['queue', 'event']));
    measured(
      about('unschedulable_pods', 'Pods that fit nowhere, by the plugin that says so', ['plugin', 'profile']),
      () => Array.from(rejectedBy(), ([plugin, count]) => [{ plugin, profile }, count] as const),
    );
    measured(about('cache_size', 'Nodes and pods in the snapshot', ['type']), () =>
      Object.entries(cacheSizes()).map(([type, size]) => [{ type }, size] as const),
    );
  }

  entered(queue: QueueName, why: EntryReason): void {
    const key = queue + why;
    let tally = this.entries.get(key);
    if (!tally) this.entries.set(key, (tally = this.incoming({ queue, event: eventNames[why] })));
    tally.add();
  }

  attempted(result: AttemptResult, seconds: number): void {
    this.attempts[result].count.add();
    this.attempts[result].seconds.observe(seconds);
  }

  decided(seconds: number): void {
    this.algorithmSeconds.observe(seconds);
  }

  passed(point: ExtensionPoint, status: PointStatus, seconds: number): void {
    const key = point + status;
    let spread = this.pointSeconds.get(key);
    if (!spread) this.pointSeconds.set(key, (spread = this.points({ extension_point: point, status, profile })));
    spread.observe(seconds);
  }

  placed(attempts: number, seconds: number): void {
    this.podAttempts.observe(attempts);
    this.podSeconds({ attempts: attempts < manyAttempts ? String(attempts) : `${manyAttempts}+` }).observe(seconds);
  }

  triedPreemption(): void {
    this.preemptions.add();
  }

  preempted(victims: number): void {
    this.victims.observe(victims);
  }
}
