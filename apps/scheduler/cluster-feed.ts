import {
  namespaces,
  nodes,
  podDisruptionBudgets,
  pods,
  replicaSets,
  resourceType,
  services,
  type Change,
  type Informer,
  type Informers,
} from '@shiplog/client';
import { deepEqual, type KubeObject, type Namespace, type Node, type Pod } from '@shiplog/domain';
import type { ClusterSnapshot } from './cluster-snapshot/cluster-snapshot.js';
import { nodeEvents } from './cluster-snapshot/node-events.js';
import type { Workloads } from './cluster-snapshot/workload-selectors.js';
import type { ClusterEvent } from './framework/cluster-event.js';
import type { Nominations } from './framework/nominations.js';
import { podKey, podRecord, type PodRecord } from './framework/pod-record.js';
import type { BudgetsIn } from './preemption/budgets.js';
import { placesAlike, podStage } from './scheduling-queue/pod-stage.js';
import type { SchedulingQueue } from './scheduling-queue/scheduling-queue.js';

const statefulSets = resourceType<KubeObject>('apps', 'v1', 'StatefulSet', 'statefulsets');
const replicationControllers = resourceType<KubeObject>('', 'v1', 'ReplicationController', 'replicationcontrollers');

/** The caches that the scheduler reads. To be declared before the caches run. */
export interface SchedulerCaches {
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly namespaces: Informer<Namespace>;
  readonly workloads: Workloads;
  readonly budgetsIn: BudgetsIn;
}

export function schedulerCaches(informers: Informers): SchedulerCaches {
  const owners = {
    ReplicaSet: informers.of(replicaSets),
    StatefulSet: informers.of(statefulSets),
    ReplicationController: informers.of(replicationControllers),
  };
  const serviceCache = informers.of(services);
  const budgetCache = informers.of(podDisruptionBudgets);
  return {
    pods: informers.of(pods),
    nodes: informers.of(nodes),
    namespaces: informers.of(namespaces),
    budgetsIn: (namespace) => budgetCache.lister.inNamespace(namespace),
    workloads: {
      services: (namespace) => serviceCache.lister.inNamespace(namespace),
      owner: (kind, namespace, name) => owners[kind].lister.get(namespace, name),
    },
  };
}

export interface FedState {
  readonly snapshot: ClusterSnapshot;
  readonly queue: SchedulingQueue;
  readonly nominations: Nominations;
  /** Pods that were given a node of which the log does not tell yet: key → uid. */
  readonly assumed: Map<string, string>;
}

/** Brings every change of the cluster into the snapshot and the queue, and wakes the pods that it may help. */
export class ClusterFeed {
  constructor(
    private readonly state: FedState,
    private readonly now: () => number,
    private readonly wake: () => void,
  ) {}

  /** Takes in what is there and all that follows. */
  attach({
    pods: podCache,
    nodes: nodeCache,
    namespaces: namespaceCache,
    workloads,
    budgetsIn,
  }: SchedulerCaches): void {
    this.state.snapshot.workloads = workloads;
    this.state.snapshot.budgetsIn = budgetsIn;
    namespaceCache.onChange((change) => this.namespaceChanged(change));
    nodeCache.onChange((change) => this.nodeChanged(change));
    podCache.onChange((change) => this.podChanged(change));
  }

  private tell(event: ClusterEvent): void {
    this.state.queue.onEvent(event, this.now());
    this.wake();
  }

  private namespaceChanged({ type, current: { object }, previous }: Change<Namespace>): void {
    const { name = '', labels = {} } = object.metadata;
    if (type === 'updated' && deepEqual(previous.object.metadata.labels ?? {}, labels)) return;
    this.state.snapshot.setNamespace(name, type === 'deleted' ? undefined : labels);
    this.tell({ type: 'namespaceChanged' });
  }

  private nodeChanged({ type, current: { object }, previous }: Change<Node>): void {
    if (type === 'deleted') return this.state.snapshot.removeNode(object.metadata.name ?? '');
    this.state.snapshot.setNode(object);
    if (type === 'added') this.tell({ type: 'nodeAdded', node: object });
    else for (const event of nodeEvents(previous.object, object)) this.tell(event);
  }

  private podChanged({ type, current: { object }, previous }: Change<Pod>): void {
    const stage = type === 'deleted' ? 'ignored' : podStage(object);
    if (stage === 'placed') this.podPlaced(object);
    else if (stage === 'pending') this.podPending(object, previous?.object);
    else this.podGone(object);
  }

  private podPlaced(pod: Pod): void {
    const { snapshot, queue, nominations, assumed } = this.state;
    const key = podKey(pod);
    const nodeName = pod.spec.nodeName ?? '';
    const known = snapshot.placedPod(key);
    const isWhereKnown = snapshot.placementOf(key) === nodeName;
    assumed.delete(key);
    queue.remove(key);
    nominations.remove(key);
    if (known !== undefined && isWhereKnown && known.uid === pod.metadata.uid && placesAlike(known.pod, pod))
      return snapshot.refreshPod({ ...known, pod });
    const record = podRecord(pod);
    snapshot.placePod(record, nodeName);
    if (known === undefined || !isWhereKnown) this.tell({ type: 'podAssigned', pod: record });
    else this.podChangedInPlace(known, record);
  }

  private podChangedInPlace(before: PodRecord, after: PodRecord): void {
    const shrank = [...before.requests].some(([name, amount]) => (after.requests.get(name) ?? 0) < amount);
    if (shrank) this.tell({ type: 'podDeleted', pod: before });
    if (!deepEqual(before.labels, after.labels) || before.isTerminating !== after.isTerminating)
      this.tell({ type: 'podLabelsChanged', pod: after });
  }

  private podPending(pod: Pod, previous: Pod | undefined): void {
    const { queue, nominations, assumed } = this.state;
    const key = podKey(pod);
    if (assumed.get(key) === pod.metadata.uid) return;
    const record = podRecord(pod);
    const nominated = pod.status?.nominatedNodeName;
    if (nominated) nominations.set(record, nominated);
    if (previous !== undefined && queue.has(key) && placesAlike(previous, pod)) return queue.refresh(record);
    queue.update(record, this.now());
    this.wake();
  }

  private podGone(pod: Pod): void {
    const { snapshot, queue, nominations, assumed } = this.state;
    const key = podKey(pod);
    assumed.delete(key);
    queue.remove(key);
    nominations.remove(key);
    const record = snapshot.removePod(key);
    if (record !== undefined) this.tell({ type: 'podDeleted', pod: record });
  }
}
