import { deepEqual, type Lease, type Node, type NodeCondition, type Pod, type Taint } from '@shiplog/domain';
import { nodes, pods as podType } from '@shiplog/client';
import {
  lookAgainAfter,
  nothing,
  patch,
  plan,
  setStatus,
  tell,
  type Action,
  type Plan,
} from '@shiplog/controller-runtime';
import { conditionOf, timestamp } from '../../objects/conditions.js';
import { isReady } from '../../objects/pod-state.js';
import { sameTaint } from '../../objects/taints.js';

export interface NodeLifecycleWorld {
  readonly node: Node;
  readonly lease?: Lease;
  readonly pods: readonly Pod[];
  /** Since when somebody has been watching: silence before that proves nothing. */
  readonly watchedSince: Date;
  /** Whether any node of the cluster is ready. If none is, the fault is more likely on our side. */
  readonly anyReady: boolean;
}

/** A node that has not renewed its Lease for so long is not known to be alive. */
export const gracePeriodMs = 40_000;

/** What a node's silence or its conditions mean for it and its pods. Pure. */
export function planNodeLifecycle(world: NodeLifecycleWorld, now: Date): Plan {
  const { node } = world;
  if (node.metadata.deletionTimestamp) return nothing;
  const silentFor = now.getTime() - lastHeartbeat(world);
  const isSilent = silentFor > gracePeriodMs;
  const known = node.status?.conditions ?? [];
  const conditions = isSilent ? unknownConditions(node, now) : known;
  const isLost = conditionOf(conditions, 'Ready')?.status !== 'True';
  const taints = wantedTaints(node, conditions, world.anyReady || !isLost, now);
  return plan(
    ...(isLost ? losing(world, now) : []),
    !deepEqual(taints, node.spec?.taints ?? []) && taintPatch(node, taints),
    setStatus({ ...node.status, conditions: [...conditions] }),
    !isSilent && lookAgainAfter(gracePeriodMs - silentFor + 100),
  );
}

const losing = ({ node, pods }: NodeLifecycleWorld, now: Date): Action[] => [
  ...(conditionOf(node.status?.conditions, 'Ready')?.status === 'True' ? [notReadyNotice(node)] : []),
  ...pods.filter(isReady).flatMap((pod) => unready(pod, now)),
];

function lastHeartbeat({ node, lease, watchedSince }: NodeLifecycleWorld): number {
  const { creationTimestamp = '' } = node.metadata;
  const renewed = lease?.spec?.renewTime ?? creationTimestamp;
  // A node that comes back reports itself and renews its Lease; either may be seen first.
  const reported = conditionOf(node.status?.conditions, 'Ready')?.lastHeartbeatTime ?? '';
  return Math.max(Date.parse(renewed) || 0, Date.parse(reported) || 0, watchedSince.getTime());
}

const reported = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

function unknownConditions({ metadata, status }: Node, now: Date): NodeCondition[] {
  const time = timestamp(now);
  const silent = { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
  const never = { status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' };
  const known = (status?.conditions ?? []).map((condition) =>
    reported.includes(condition.type) && condition.status !== 'Unknown'
      ? { ...condition, ...silent, lastTransitionTime: time }
      : condition,
  );
  const missing = reported
    .filter((type) => !conditionOf(known, type))
    .map((type) => ({ type, ...never, lastHeartbeatTime: metadata.creationTimestamp, lastTransitionTime: time }));
  return [...known, ...missing];
}

const notReadyNotice = (node: Node): Action =>
  tell({ type: 'Normal', reason: 'NodeNotReady', message: `Node ${node.metadata.name} status is now: NodeNotReady` });

/** What runs on a lost node cannot be counted on: Services turn away from it. */
const unready = (pod: Pod, now: Date): Action[] => [
  patch(
    podType,
    pod,
    'strategic',
    {
      metadata: { uid: pod.metadata.uid },
      status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: timestamp(now) }] },
    },
    'status',
  ),
  tell({ type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', about: pod }),
];

const prefix = 'node.kubernetes.io/';
/** condition, status, taint */
const schedulingTaints: readonly (readonly [string, string, string])[] = [
  ['MemoryPressure', 'True', 'memory-pressure'],
  ['DiskPressure', 'True', 'disk-pressure'],
  ['PIDPressure', 'True', 'pid-pressure'],
  ['NetworkUnavailable', 'True', 'network-unavailable'],
  ['Ready', 'False', 'not-ready'],
  ['Ready', 'Unknown', 'unreachable'],
];
const isManaged = ({ key = '', effect }: Taint): boolean => {
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : '';
  if (effect === 'NoExecute') return name === 'not-ready' || name === 'unreachable';
  return (
    effect === 'NoSchedule' && (name === 'unschedulable' || schedulingTaints.some(([, , taint]) => taint === name))
  );
};

/** The node's taints with those that follow from its conditions, each with the time it was first there; others are left as they are. */
function wantedTaints(node: Node, conditions: readonly NodeCondition[], mayEvict: boolean, now: Date): Taint[] {
  const current = node.spec?.taints ?? [];
  const holds = ([type, status]: readonly [string, string, string]): boolean =>
    conditionOf(conditions, type)?.status === status;
  const following = schedulingTaints.filter(holds).map(([, , name]) => name);
  const wanted: Taint[] = [
    ...following.map((name) => ({ key: `${prefix}${name}`, effect: 'NoSchedule' })),
    ...(node.spec?.unschedulable ? [{ key: `${prefix}unschedulable`, effect: 'NoSchedule' }] : []),
    ...(mayEvict ? following.filter((name) => name === 'not-ready' || name === 'unreachable') : []).map((name) => ({
      key: `${prefix}${name}`,
      effect: 'NoExecute',
    })),
  ] as Taint[];
  const kept = current.filter((taint) => !isManaged(taint) || wanted.some((other) => sameTaint(other, taint)));
  const added = wanted
    .filter((taint) => !current.some((other) => sameTaint(other, taint)))
    .map((taint) => ({ ...taint, timeAdded: timestamp(now) }));
  return [...kept, ...added];
}

const taintPatch = (node: Node, taints: readonly Taint[]): Action =>
  patch(nodes, node, 'merge', {
    metadata: { uid: node.metadata.uid, resourceVersion: node.metadata.resourceVersion },
    spec: { taints: taints.length > 0 ? taints : null },
  });
