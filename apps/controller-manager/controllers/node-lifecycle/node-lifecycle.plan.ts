import { deepEqual, type Node, type NodeCondition, type Pod, type Taint } from '@shiplog/domain';
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
  readonly pods: readonly Pod[];
  /** For how long nothing was heard of the node while others were. */
  readonly silentMs: number;
  /** Whether any node of the cluster is ready. If none is, the fault is more likely on our side. */
  readonly anyReady: boolean;
}

/**
 * When the node may be cleared of its pods: 0: now; else to be asked again after so many milliseconds. Asked only for a node that has
 * to be cleared and is not yet, for who is told 0 has had his turn.
 */
export type EvictionTurn = () => number;

/** How long a node may be silent before it is not known to be alive: one that has reported itself, and one that never has. */
export const gracePeriodsMs = { known: 50_000, starting: 60_000 };

/** What a node's silence or its conditions mean for it and its pods. Pure but for `turn`. */
export function planNodeLifecycle(world: NodeLifecycleWorld, turn: EvictionTurn, now: Date): Plan {
  const { node, silentMs } = world;
  if (node.metadata.deletionTimestamp) return nothing;
  const known = node.status?.conditions ?? [];
  const leftMs = gracePeriodMs(known) - silentMs;
  const conditions = leftMs < 0 ? unknownConditions(node, now) : known;
  const isLost = isNotReady(conditions);
  const clearMs = isLost ? clearedAfter(world, turn) : undefined;
  const taints = wantedTaints(node, conditions, clearMs === 0, now);
  return plan(
    ...(isLost ? losing(world, now) : []),
    !deepEqual(taints, node.spec?.taints ?? []) && taintPatch(node, taints),
    setStatus({ ...node.status, conditions: [...conditions] }),
    leftMs >= 0 && lookAgainAfter(Math.max(leftMs, 1_000)),
    clearMs !== undefined && clearMs > 0 && lookAgainAfter(clearMs),
  );
}

/** In how many milliseconds the lost node may be cleared of its pods, if it may. 0: now, or it is already. */
function clearedAfter({ node, anyReady }: NodeLifecycleWorld, turn: EvictionTurn): number | undefined {
  if (!anyReady) return undefined;
  if (isCleared(node)) return 0;
  // Only once everybody can see that it is lost: how many of its zone are decides whether it may be cleared.
  return isNotReady(node.status?.conditions ?? []) ? turn() : undefined;
}

const gracePeriodMs = (known: readonly NodeCondition[]): number =>
  conditionOf(known, 'Ready') ? gracePeriodsMs.known : gracePeriodsMs.starting;

/** Whether the conditions say that nothing can be expected of the node. One that has said nothing yet is only new. */
const isNotReady = (conditions: readonly NodeCondition[]): boolean => {
  const ready = conditionOf(conditions, 'Ready');
  return ready !== undefined && ready.status !== 'True';
};

const isCleared = ({ spec }: Node): boolean =>
  (spec?.taints ?? []).some((taint) => taint.effect === 'NoExecute' && isManaged(taint));

const losing = ({ node, pods }: NodeLifecycleWorld, now: Date): Action[] => [
  ...(conditionOf(node.status?.conditions, 'Ready')?.status === 'True' ? [notReadyNotice(node)] : []),
  ...pods.filter(isReady).flatMap((pod) => unready(pod, now)),
];

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
