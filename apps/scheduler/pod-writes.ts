import {
  subjectOf,
  type ApiClient,
  type Cause,
  type EventRecorder,
  type EventReporter,
  type ObjectRef,
} from '@shiplog/client';
import type { Pod } from '@shiplog/domain';
import type { PodRecord } from './framework/pod-record.js';
import { schedulerName } from './scheduling-queue/pod-stage.js';

const reporter: EventReporter = { component: schedulerName };
const pods = { group: '', version: 'v1', plural: 'pods' };

const refTo = ({ namespace, name }: PodRecord): ObjectRef => ({ ...pods, namespace, name });
const statusOf = (record: PodRecord): ObjectRef => ({ ...refTo(record), subresource: 'status' });

const aboutPod = ({ pod }: PodRecord) => subjectOf({ ...pod, apiVersion: 'v1', kind: 'Pod' });

const conditionOf = (pod: Pod, type: string) => pod.status?.conditions?.find((condition) => condition.type === type);

/** Everything that the scheduler changes in the cluster: bindings, conditions, evictions, and events about them. */
export class PodWrites {
  constructor(
    private readonly client: ApiClient,
    private readonly recorder: Pick<EventRecorder, 'record'>,
    private readonly now: () => Date,
    private readonly signal: AbortSignal,
  ) {}

  /** Gives the pod its node. @throws StatusError if it is gone or has one. */
  async bind(record: PodRecord, nodeName: string, cause: Cause | undefined): Promise<void> {
    const { namespace, name, uid } = record;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, ...(uid ? { uid } : {}) },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    };
    await this.client.create({ ...refTo(record), subresource: 'binding' }, binding, this.options(cause));
    const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
    this.recorder.record({ about: aboutPod(record), type: 'Normal', reason: 'Scheduled', message }, reporter, cause);
  }

  /** Says on the pod, and in an event, why it has no node; `nominated` is the node that is being cleared for it ('': none). Writes only what is new. */
  async reportUnschedulable(
    record: PodRecord,
    message: string,
    nominated: string | undefined,
    cause: Cause | undefined,
  ): Promise<void> {
    this.recorder.record(
      { about: aboutPod(record), type: 'Warning', reason: 'FailedScheduling', message },
      reporter,
      cause,
    );
    const { pod } = record;
    const before = conditionOf(pod, 'PodScheduled');
    const isSaid = before?.status === 'False' && before.reason === 'Unschedulable' && before.message === message;
    const isNominated = nominated === undefined || (pod.status?.nominatedNodeName ?? '') === nominated;
    if (isSaid && isNominated) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : this.time(),
      ...this.generationOf(pod),
    };
    const nomination = isNominated ? {} : { nominatedNodeName: nominated === '' ? null : nominated };
    await this.client.patch(
      statusOf(record),
      'strategic',
      { metadata: { uid: record.uid }, status: { conditions: [condition], ...nomination } },
      this.options(cause),
    );
  }

  /** Takes back a nomination that a more important pod has taken over. */
  async clearNomination(record: PodRecord, cause: Cause | undefined): Promise<void> {
    await this.client.patch(
      statusOf(record),
      'strategic',
      { status: { nominatedNodeName: null } },
      this.options(cause),
    );
  }

  /** Marks the victim as disrupted, then deletes it with its own grace period. */
  async evict(victim: PodRecord, preemptor: PodRecord, nodeName: string, cause: Cause | undefined): Promise<void> {
    if (victim.isTerminating) return;
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${schedulerName}: preempting to accommodate a higher priority pod`,
      lastProbeTime: null,
      lastTransitionTime: this.time(),
      ...this.generationOf(victim.pod),
    };
    await this.client.patch(
      statusOf(victim),
      'strategic',
      { metadata: { uid: victim.uid }, status: { conditions: [condition] } },
      this.options(cause),
    );
    await this.client.delete(refTo(victim), { ...this.options(cause), uid: victim.uid });
    const message = `Preempted by pod ${preemptor.uid} on node ${nodeName}`;
    this.recorder.record({ about: aboutPod(victim), type: 'Normal', reason: 'Preempted', message }, reporter, cause);
  }

  private options(cause: Cause | undefined) {
    return { fieldManager: 'kube-scheduler', signal: this.signal, ...(cause === undefined ? {} : { cause }) };
  }

  private generationOf({ metadata: { generation } }: Pod): { observedGeneration?: number } {
    return generation === undefined ? {} : { observedGeneration: generation };
  }

  private time(): string {
    return `${this.now().toISOString().slice(0, 19)}Z`;
  }
}
